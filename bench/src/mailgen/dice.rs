//! Chance that is the same on every run: SplitMix64 (Steele, Lea, Flood 2014). Good for mail, not for secrets.

/// A seeded source of numbers.
pub struct Dice(u64);

impl Dice {
    /// The same seed throws the same numbers, on every machine and with every version of every crate.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Any number.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `end`, without `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.throw() % end.max(1) as u64) as usize
    }

    /// True in so many of a hundred throws.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of these.
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// A number between 0 and 1, neither of them.
    fn share(&mut self) -> f64 {
        ((self.throw() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Lengths as mail has them: half of them below `median`, a few very much above (log-normal).
    pub fn length(&mut self, median: usize, spread: f64) -> usize {
        // Box and Muller 1958
        let normal = (-2.0 * self.share().ln()).sqrt() * (std::f64::consts::TAU * self.share()).cos();
        (median as f64 * (spread * normal).exp()) as usize
    }

    /// How far back: mostly little, sometimes much (exponential).
    pub fn back(&mut self, mean: f64) -> usize {
        (-mean * self.share().ln()) as usize
    }

    /// So many bytes that no packing makes smaller, as pictures and archives are.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count.div_ceil(8)).flat_map(|_| self.throw().to_le_bytes()).take(count).collect()
    }
}
