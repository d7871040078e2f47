//! Random numbers that never change between versions, unlike a library's.

/// 64 random bits for one thing (`item`) of a `seed`: SplitMix64 (Steele, Lea, Flood 2014), so that things can be drawn
/// in any order and by any thread.
pub(crate) fn bits(seed: u64, item: u64) -> u64 {
    mix(mix(seed.wrapping_add(GAMMA)).wrapping_add(item.wrapping_add(1).wrapping_mul(GAMMA)))
}

/// Uniform in -1 to 1.
pub(crate) fn signed_unit(seed: u64, item: u64) -> f32 {
    (bits(seed, item) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
