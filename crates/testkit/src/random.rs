//! A small random number generator whose numbers never change between versions, unlike a library's.

/// SplitMix64 (Steele, Lea, Flood 2014): any seed is a good one, and neighbouring seeds give unrelated numbers.
pub(crate) struct Random(u64);

impl Random {
    /// A generator for one thing (`item`) of the made-up world `seed`, so that things can be made in any order.
    pub(crate) fn new(seed: u64, item: u64) -> Self {
        let mut of_seed = Self(seed);
        Self(of_seed.bits() ^ Self(item).bits())
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Uniform in 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Uniform in `low` to `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Close to normal, mean 0, variance 1: the sum of four uniform 16-bit numbers, which is exact arithmetic
    /// everywhere and quicker than a logarithm and a cosine.
    pub(crate) fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xFFFF).sum();
        let deviation = 65_536.0 * (4.0f32 / 12.0).sqrt();
        (sum as f32 - 2.0 * 65_535.0) / deviation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let mut random = Random::new(1, 2);
        let drawn: Vec<f64> = (0..100_000).map(|_| f64::from(random.normal())).collect();
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        let variance = drawn.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / drawn.len() as f64;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "mean {mean}, variance {variance}");
    }
}
