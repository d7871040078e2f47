//! A grid on which no photos overlap: each has a cell of its own, near to where it lies in a layout.

/// A cell, counted from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Cell {
    pub column: u32,
    pub row: u32,
}

/// A cell for each position in a grid of `columns` x `rows` cells: the grid and the positions are cut in halves, across
/// their longer side, until one is left. Where there are more cells than positions, the empty ones are spread evenly.
///
/// # Panics
/// When there are fewer cells than positions.
pub fn arrange_in_grid(positions: &[[f32; 2]], columns: u32, rows: u32) -> Vec<Cell> {
    let cells = u64::from(columns) * u64::from(rows);
    assert!(positions.len() as u64 <= cells, "{} positions for {cells} cells", positions.len());
    let mut order: Vec<u32> = (0..positions.len() as u32).collect();
    let mut arranged = vec![Cell { column: 0, row: 0 }; positions.len()];
    split(positions, &mut order, Cell { column: 0, row: 0 }, [columns, rows], &mut arranged);
    arranged
}

/// Gives cells of a block, which begins at `corner` and has `size` columns and rows, to the positions in `order`.
fn split(positions: &[[f32; 2]], order: &mut [u32], corner: Cell, size: [u32; 2], arranged: &mut [Cell]) {
    if order.is_empty() {
        return;
    }
    if size == [1, 1] {
        arranged[order[0] as usize] = corner;
        return;
    }
    let axis = usize::from(size[1] > size[0]);
    let half = size[axis] / 2;
    let (mut first_size, mut second_size) = (size, size);
    first_size[axis] = half;
    second_size[axis] = size[axis] - half;
    let room = |size: [u32; 2]| size[0] as usize * size[1] as usize;
    let even = (order.len() as u64 * u64::from(half)).div_ceil(u64::from(size[axis])) as usize;
    // Neither half gets more than it has cells for.
    let count = even.min(room(first_size)).max(order.len().saturating_sub(room(second_size)));
    let place = |at: &u32| positions[*at as usize];
    if count > 0 && count < order.len() {
        order.select_nth_unstable_by(count, |a, b| {
            let (left, right) = (place(a), place(b));
            left[axis].total_cmp(&right[axis]).then(left[1 - axis].total_cmp(&right[1 - axis])).then(a.cmp(b))
        });
    }
    let (first, second) = order.split_at_mut(count);
    let mut beyond = corner;
    if axis == 0 {
        beyond.column += half
    } else {
        beyond.row += half
    }
    split(positions, first, corner, first_size, arranged);
    split(positions, second, beyond, second_size, arranged);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::random::signed_unit;

    fn scattered(count: usize) -> Vec<[f32; 2]> {
        (0..count).map(|at| [signed_unit(1, at as u64), signed_unit(2, at as u64).powi(3)]).collect()
    }

    #[test]
    fn every_position_has_a_cell_of_its_own_inside_the_grid() {
        for (count, columns, rows) in
            [(0, 1, 1), (1, 1, 1), (12, 4, 3), (1000, 40, 25), (1000, 37, 31), (7, 1, 9)]
        {
            let arranged = arrange_in_grid(&scattered(count), columns, rows);
            let cells: HashSet<Cell> = arranged.iter().copied().collect();
            assert_eq!(cells.len(), count);
            assert!(cells.iter().all(|cell| cell.column < columns && cell.row < rows));
        }
    }

    #[test]
    fn positions_on_a_grid_keep_their_cells() {
        let positions: Vec<[f32; 2]> =
            (0..96).map(|at| at * 7 % 96).map(|at| [(at % 12) as f32, (at / 12) as f32 * 1.5]).collect();
        let arranged = arrange_in_grid(&positions, 12, 8);
        for (position, cell) in positions.iter().zip(arranged) {
            assert_eq!((position[0] as u32, (position[1] / 1.5) as u32), (cell.column, cell.row));
        }
    }

    #[test]
    fn positions_that_are_all_the_same_still_get_cells() {
        let arranged = arrange_in_grid(&[[0.5, 0.5]; 30], 6, 5);
        assert_eq!(arranged.into_iter().collect::<HashSet<_>>().len(), 30);
    }
}
