//! How sure one may be of a score: Platt's sigmoid (1999), with a prior. Three examples tell nearly nothing about where
//! right ends and wrong begins, so that is taken from albums of other photos, and gives way to what the person answers.

/// From albums of 16 and 30 photos of 26 kinds, of 3, 5 and 10 examples, among 2,500 photos, by logistic regression:
/// what a standard deviation of a score is worth, what one of the mean of kept-out examples costs (the higher they lie,
/// the more is asked of others), and where it begins. Of larger albums more is right than it says.
const SCORE: f32 = 1.05;
const EXAMPLES: f32 = -0.235;
const START: f32 = -5.37;
/// How far answers are expected to move where it begins, and to stretch it, as variances.
const MOVES: f64 = 1.0;
const STRETCHES: f64 = 0.1;
/// Newton's steps: it is there after a handful.
const STEPS: usize = 12;

/// Log odds as a linear function of the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sureness {
    slope: f32,
    start: f32,
}

impl Sureness {
    /// From scores of kept-out examples that belong and that do not, in standard deviations from the background's mean.
    /// Those that belong were chosen by a person before there was a score, so without any that do not they tell nothing
    /// of where to end.
    pub(super) fn learn(yes: &[f32], no: &[f32]) -> Self {
        let mean = yes.iter().sum::<f32>() / yes.len().max(1) as f32;
        let prior = Self { slope: SCORE, start: START + EXAMPLES * mean };
        if no.is_empty() {
            return prior;
        }
        let odds = |score: &f32| f64::from(prior.slope * score + prior.start);
        let answers: Vec<(f64, f64)> = yes
            .iter()
            .map(|score| (odds(score), 1.0))
            .chain(no.iter().map(|score| (odds(score), 0.0)))
            .collect();
        let (stretch, shift) = fit(&answers);
        Self { slope: stretch * prior.slope, start: stretch * prior.start + shift }
    }

    /// 0 to 1.
    pub(super) fn of(self, score: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * score + self.start)).exp())
    }
}

/// The most probable stretch and shift of log odds, each with what was answered; stretch 1 and shift 0 are expected.
fn fit(answers: &[(f64, f64)]) -> (f32, f32) {
    let (mut stretch, mut shift) = (1.0f64, 0.0f64);
    for _ in 0..STEPS {
        let (mut by_stretch, mut by_shift) = ((1.0 - stretch) / STRETCHES, -shift / MOVES);
        let (mut stretch_twice, mut both, mut shift_twice) = (1.0 / STRETCHES, 0.0, 1.0 / MOVES);
        for &(odds, belongs) in answers {
            let chance = 1.0 / (1.0 + (-(stretch * odds + shift)).exp());
            let (missed, bend) = (belongs - chance, chance * (1.0 - chance));
            by_stretch += missed * odds;
            by_shift += missed;
            stretch_twice += bend * odds * odds;
            both += bend * odds;
            shift_twice += bend;
        }
        let determinant = stretch_twice * shift_twice - both * both;
        stretch = (stretch + (shift_twice * by_stretch - both * by_shift) / determinant).max(0.1);
        shift += (stretch_twice * by_shift - both * by_stretch) / determinant;
    }
    (stretch as f32, shift as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_answers_the_prior_stands_and_more_is_surer() {
        let sureness = Sureness::learn(&[6.0, 7.0, 8.0], &[]);
        assert!((sureness.start - (START + EXAMPLES * 7.0)).abs() < 1e-5);
        assert!(sureness.of(2.0) < 0.1 && sureness.of(9.0) > 0.9 && sureness.of(5.0) < sureness.of(6.0));
        assert!(sureness.of(1e9) <= 1.0 && sureness.of(-1e9) >= 0.0);
    }

    #[test]
    fn answers_move_where_sure_begins() {
        let yes = [6.0; 12];
        let before = Sureness::learn(&yes, &[]).of(9.0);
        let after = Sureness::learn(&yes, &[9.0; 12]).of(9.0);
        assert!(after < before - 0.2, "{before} to {after}");
        let still = Sureness::learn(&yes, &[0.0; 12]).of(9.0);
        assert!(still > before - 0.02, "what lay far below changes nothing: {before} to {still}");
    }

    #[test]
    fn the_fit_is_where_nothing_pulls() {
        let answers = [(2.0, 1.0), (1.0, 0.0), (-1.0, 0.0), (0.5, 1.0), (3.0, 0.0)];
        let (stretch, shift) = fit(&answers);
        let (stretch, shift) = (f64::from(stretch), f64::from(shift));
        let missed = |odds: f64, belongs: f64| belongs - 1.0 / (1.0 + (-(stretch * odds + shift)).exp());
        let by_shift: f64 =
            answers.iter().map(|&(odds, belongs)| missed(odds, belongs)).sum::<f64>() - shift / MOVES;
        let by_stretch: f64 =
            answers.iter().map(|&(odds, belongs)| missed(odds, belongs) * odds).sum::<f64>()
                + (1.0 - stretch) / STRETCHES;
        assert!(by_shift.abs() < 1e-4 && by_stretch.abs() < 1e-4, "{by_shift} {by_stretch}");
    }
}
