//! A small generator of numbers: the same seed, or the same bytes, give the same numbers on every machine.

/// Numbers from a seed, or from bytes as long as there are any.
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
    bytes: std::vec::IntoIter<u8>,
}

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def1), bytes: Vec::new().into_iter() }
    }

    /// Dice that somebody else throws: one byte decides one number; after the last one it goes on as from a seed.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self { bytes: Vec::from(bytes).into_iter(), ..Self::new(bytes.len() as u64) }
    }

    /// A number from 0 to `sides` - 1; 0 when there are no sides.
    pub fn roll(&mut self, sides: usize) -> usize {
        if let Some(byte) = self.bytes.next() {
            return usize::from(byte) % sides.max(1);
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed % (sides.max(1) as u64)) as usize
    }

    /// True in so many cases of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.roll(list.len()))
    }

    /// One of a list that is not empty.
    pub fn of<T: Copy, const N: usize>(&mut self, list: [T; N]) -> T {
        list[self.roll(N)]
    }
}
