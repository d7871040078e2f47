//! How sure one may be of a score: Platt's sigmoid (1999), with a prior. Three examples tell nearly nothing about where
//! right ends and wrong begins, so that is taken from albums of other photos, and gives way to what the person answers.
//! There one photo of a hundred belonged; in a small library it may be one of four, and then less is needed to be sure:
//! how many belong is learned from the background by expectation and maximisation (Saerens, Latinne and Decaestecker 2002,
//! Adjusting the outputs of a classifier to new a priori probabilities).

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
/// The share of photos that belong where the prior comes from. A library is never taken to have less of a kind, or more
/// than half.
const USUAL_SHARE: f32 = 0.01;
const MOST_SHARE: f32 = 0.5;
/// How many photos of the usual share the prior is worth, for a background of so many squared: little where there is
/// little background, and more than all of it where the prior comes from. Chosen on photos that no figure is told of.
const WORTH: f32 = 300.0;
/// Rounds of expectation and maximisation.
const ROUNDS: usize = 50;

/// Log odds as a linear function of the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sureness {
    slope: f32,
    start: f32,
}

impl Sureness {
    /// From scores of kept-out examples that belong and that do not, and of the background, in standard deviations from the
    /// background's mean. Those that belong were chosen by a person before there was a score, so without any that do not
    /// they tell nothing of where to end.
    pub(super) fn learn(yes: &[f32], no: &[f32], background: &[f32]) -> Self {
        let mean = yes.iter().sum::<f32>() / yes.len().max(1) as f32;
        let prior = Self { slope: SCORE, start: START + EXAMPLES * mean }.among(background);
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

    /// How sure one may be in a library whose `background` scores so: surer where many belong.
    fn among(self, background: &[f32]) -> Self {
        if background.is_empty() {
            return self;
        }
        let photos = background.len() as f32;
        let worth = photos * photos / WORTH;
        let moved = |share: f32| Self { start: self.start + log_odds(share) - log_odds(USUAL_SHARE), ..self };
        let share = (0..ROUNDS).fold(USUAL_SHARE, |share, _| {
            let sureness = moved(share);
            let belong: f32 = background.iter().map(|&score| sureness.of(score)).sum();
            ((belong + USUAL_SHARE * worth) / (photos + worth)).clamp(USUAL_SHARE, MOST_SHARE)
        });
        moved(share)
    }

    /// 0 to 1.
    pub(super) fn of(self, score: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * score + self.start)).exp())
    }
}

fn log_odds(share: f32) -> f32 {
    (share / (1.0 - share)).ln()
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
        let sureness = Sureness::learn(&[6.0, 7.0, 8.0], &[], &[]);
        assert!((sureness.start - (START + EXAMPLES * 7.0)).abs() < 1e-5);
        assert!(sureness.of(2.0) < 0.1 && sureness.of(9.0) > 0.9 && sureness.of(5.0) < sureness.of(6.0));
        assert!(sureness.of(1e9) <= 1.0 && sureness.of(-1e9) >= 0.0);
    }

    #[test]
    fn answers_move_where_sure_begins() {
        let yes = [6.0; 12];
        let before = Sureness::learn(&yes, &[], &[]).of(9.0);
        let after = Sureness::learn(&yes, &[9.0; 12], &[]).of(9.0);
        assert!(after < before - 0.2, "{before} to {after}");
        let still = Sureness::learn(&yes, &[0.0; 12], &[]).of(9.0);
        assert!(still > before - 0.02, "what lay far below changes nothing: {before} to {still}");
    }

    #[test]
    fn less_is_needed_where_many_belong() {
        let sureness = Sureness::learn(&[6.0, 7.0, 8.0], &[], &[]);
        let of_four = |photos: usize| -> Vec<f32> {
            (0..photos).map(|at| if at % 4 == 0 { 7.0 } else { (at % 3) as f32 - 1.0 }).collect()
        };
        let small = sureness.among(&of_four(60));
        assert!(small.of(7.0) > 0.9 && sureness.of(7.0) < 0.8, "{} {}", small.of(7.0), sureness.of(7.0));
        assert!(small.of(1.0) < 0.1, "what lies with the others does not belong: {}", small.of(1.0));
        let rare: Vec<f32> = (0..600).map(|at| (at % 5) as f32 - 2.0).collect();
        assert_eq!(sureness.among(&rare), sureness, "never less sure than where the prior comes from");
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
