//! What happens to photos in life, one change at a time and always alike, so that figures can be compared.

use font8x8::UnicodeFonts;
use likeness_domain::{Pixels, Region};

/// How much of the photo a change leaves to be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// People would call it the same photo.
    Mild,
    /// People see that it was made from it.
    Strong,
}

/// One thing that happens to photos.
pub(super) struct Change {
    pub(super) name: &'static str,
    pub(super) strength: Strength,
    /// JPEG quality of the changed file, 1 to 100.
    pub(super) quality: u8,
    make: fn(&Pixels) -> Pixels,
}

impl Change {
    pub(super) fn make(&self, pixels: &Pixels) -> Pixels {
        (self.make)(pixels)
    }
}

/// Ordinary storage.
const GOOD: u8 = 90;

/// Eight mild changes and six strong ones.
pub(super) const CHANGES: [Change; 14] = {
    const fn mild(name: &'static str, quality: u8, make: fn(&Pixels) -> Pixels) -> Change {
        Change { name, strength: Strength::Mild, quality, make }
    }
    const fn strong(name: &'static str, quality: u8, make: fn(&Pixels) -> Pixels) -> Change {
        Change { name, strength: Strength::Strong, quality, make }
    }
    [
        mild("JPEG quality 50", 50, Pixels::clone),
        mild("half the size", GOOD, |photo| resized(photo, 0.5)),
        mild("crop to 90 % of each side", GOOD, |photo| cropped(photo, 0.9)),
        mild("a third lighter", GOOD, |photo| toned(photo, |value| value * 1.33)),
        mild("a third darker", GOOD, |photo| toned(photo, |value| value * 0.67)),
        mild("warmer and less colourful", GOOD, recoloured),
        mild("mirrored", GOOD, mirrored),
        mild("watermark", GOOD, watermarked),
        strong("black and white, more contrast", GOOD, grey),
        strong("crop to 50 % of the area", GOOD, |photo| cropped(photo, 0.5_f32.sqrt())),
        strong("turned by 10 degrees", GOOD, |photo| turned(photo, 10.0)),
        strong("JPEG quality 10", 10, Pixels::clone),
        strong("a banner with words over 30 %", GOOD, banner),
        strong("screenshot with bars", GOOD, screenshot),
    ]
};

fn cropped(photo: &Pixels, side: f32) -> Pixels {
    let edge = (1.0 - side) / 2.0;
    photo.crop(Region::new(edge, edge, side, side).expect("within the picture"))
}

/// Every pixel of a new picture from `color(x, y)`.
fn drawn(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Pixels {
    let rgb = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| color(x, y));
    Pixels::new(width, height, rgb.collect()).expect("three bytes for each place")
}

fn at(photo: &Pixels, x: u32, y: u32) -> [u8; 3] {
    let start = (y as usize * photo.width() as usize + x as usize) * 3;
    let rgb = &photo.rgb()[start..start + 3];
    [rgb[0], rgb[1], rgb[2]]
}

/// Between pixel centres; black outside.
fn between(photo: &Pixels, x: f32, y: f32) -> [u8; 3] {
    let (left, top) = (x.floor(), y.floor());
    let mut sum = [0.0; 3];
    for (column, row) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let (column, row) = (left + column, top + row);
        let weight = (1.0 - (x - column).abs()) * (1.0 - (y - row).abs());
        if column >= 0.0 && row >= 0.0 && (column as u32) < photo.width() && (row as u32) < photo.height() {
            let color = at(photo, column as u32, row as u32);
            sum.iter_mut().zip(color).for_each(|(sum, value)| *sum += weight * f32::from(value));
        }
    }
    sum.map(|value| value.round() as u8)
}

/// Each new pixel is the mean of the old ones under it.
fn resized(photo: &Pixels, scale: f32) -> Pixels {
    let side = |length: u32| ((length as f32 * scale) as u32).max(1);
    let (width, height) = (side(photo.width()), side(photo.height()));
    let span = |place: u32, new: u32, old: u32| {
        let start = place * old / new;
        start..((place + 1) * old / new).max(start + 1)
    };
    drawn(width, height, |x, y| {
        let (mut sum, mut count) = ([0u32; 3], 0);
        for row in span(y, height, photo.height()) {
            for column in span(x, width, photo.width()) {
                let color = at(photo, column, row);
                sum.iter_mut().zip(color).for_each(|(sum, value)| *sum += u32::from(value));
                count += 1;
            }
        }
        sum.map(|sum| (sum / count) as u8)
    })
}

fn toned(photo: &Pixels, curve: impl Fn(f32) -> f32) -> Pixels {
    drawn(photo.width(), photo.height(), |x, y| at(photo, x, y).map(|value| byte(curve(value.into()))))
}

fn byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// Rec. 709 brightness, 0 to 255.
fn brightness([red, green, blue]: [u8; 3]) -> f32 {
    0.2126 * f32::from(red) + 0.7152 * f32::from(green) + 0.0722 * f32::from(blue)
}

fn recoloured(photo: &Pixels) -> Pixels {
    drawn(photo.width(), photo.height(), |x, y| {
        let color = at(photo, x, y);
        let grey = brightness(color);
        let warmth = [1.12, 1.0, 0.88];
        std::array::from_fn(|i| byte((grey + 0.6 * (f32::from(color[i]) - grey)) * warmth[i]))
    })
}

fn grey(photo: &Pixels) -> Pixels {
    drawn(photo.width(), photo.height(), |x, y| {
        [byte((brightness(at(photo, x, y)) - 128.0) * 1.4 + 128.0); 3]
    })
}

fn mirrored(photo: &Pixels) -> Pixels {
    drawn(photo.width(), photo.height(), |x, y| at(photo, photo.width() - 1 - x, y))
}

/// About its centre, with black corners.
fn turned(photo: &Pixels, degrees: f32) -> Pixels {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (center_x, center_y) = ((photo.width() - 1) as f32 / 2.0, (photo.height() - 1) as f32 / 2.0);
    drawn(photo.width(), photo.height(), |x, y| {
        let (x, y) = (x as f32 - center_x, y as f32 - center_y);
        between(photo, cosine * x + sine * y + center_x, cosine * y - sine * x + center_y)
    })
}

/// Whether the letter pixel of `words`, drawn from (0, 0) with letters of `size` x `size`, covers the place.
fn is_ink(words: &str, size: u32, x: u32, y: u32) -> bool {
    if y >= size {
        return false;
    }
    let letter = words.chars().nth((x / size) as usize).and_then(|letter| font8x8::BASIC_FONTS.get(letter));
    let (column, row) = ((x % size) * 8 / size, y * 8 / size);
    letter.is_some_and(|rows| rows[row as usize] >> column & 1 == 1)
}

/// Half see-through words across the middle.
fn watermarked(photo: &Pixels) -> Pixels {
    const WORDS: &str = "(c) Anna's photos";
    let size = (photo.width() / WORDS.len() as u32).max(8);
    let top = (photo.height() / 2).saturating_sub(size / 2);
    drawn(photo.width(), photo.height(), |x, y| {
        let color = at(photo, x, y);
        let covers = y >= top && is_ink(WORDS, size, x, y - top);
        if covers { color.map(|value| byte(f32::from(value) * 0.5 + 127.0)) } else { color }
    })
}

/// The lower third and a little less is white with words on it.
fn banner(photo: &Pixels) -> Pixels {
    const WORDS: &str = "SUMMER SALE";
    let size = (photo.width() / WORDS.len() as u32).max(8);
    let top = photo.height() * 7 / 10;
    drawn(photo.width(), photo.height(), |x, y| match y.checked_sub(top) {
        None => at(photo, x, y),
        Some(below) if is_ink(WORDS, size, x, below.wrapping_sub(size / 4)) => [200, 20, 30],
        Some(_) => [255; 3],
    })
}

/// As a telephone shows it: dark, with the photo in the middle and a line of words above.
fn screenshot(photo: &Pixels) -> Pixels {
    const WORDS: &str = "9:41   Anna   82%";
    let (width, height) = (photo.width(), photo.height());
    let bar = height / 4;
    let size = (width / WORDS.len() as u32).max(8);
    drawn(width, height + 2 * bar, |x, y| match y.checked_sub(bar) {
        Some(y) if y < height => at(photo, x, y),
        None if is_ink(WORDS, size, x, y.wrapping_sub(size / 2)) => [230; 3],
        _ => [24, 24, 26],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo() -> Pixels {
        drawn(40, 30, |x, y| [x as u8 * 6, y as u8 * 8, 100])
    }

    #[test]
    fn every_change_but_storage_changes_something() {
        for change in &CHANGES {
            let changed = change.make(&photo());
            assert_eq!(changed == photo(), change.name.starts_with("JPEG"), "{}", change.name);
        }
    }

    #[test]
    fn shapes_are_what_the_names_say() {
        let size = |pixels: Pixels| (pixels.width(), pixels.height());
        assert_eq!(size(resized(&photo(), 0.5)), (20, 15));
        let (width, height) = size(cropped(&photo(), 0.5_f32.sqrt()));
        let share = f64::from(width * height) / 1200.0;
        assert!((0.45..0.58).contains(&share), "{share}");
        assert_eq!(size(screenshot(&photo())), (40, 44));
        assert_eq!(mirrored(&mirrored(&photo())), photo());
        assert_eq!(turned(&photo(), 0.0), photo());
        assert_eq!(at(&turned(&photo(), 10.0), 0, 0), [0; 3], "corners are black");
        let white = (0..30).filter(|&y| at(&banner(&photo()), 39, y) == [255; 3]).count();
        assert!((7..=9).contains(&white), "{white}");
    }
}
