//! Decoders that misbehave on purpose, for tests: a file that begins with these words makes its worker do the rest.

/// What a file begins with, before the name of the fault.
const MARK: &[u8] = b"LIKENESS FAULT ";

/// Misbehaves if the bytes ask for it.
pub(crate) fn happen(bytes: &[u8]) {
    match bytes.strip_prefix(MARK) {
        Some(b"panic") => panic!("asked to"),
        Some(b"abort") => std::process::abort(),
        Some(b"hang") => loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
        },
        Some(b"memory") => {
            let mut eaten = Vec::new();
            loop {
                eaten.push(vec![1u8; 64 << 20]);
            }
        }
        Some(b"stack") => {
            std::hint::black_box(deeper(0));
        }
        Some(b"chatter") => {
            for _ in 0..100_000 {
                println!("a library that prints, and prints, and prints");
            }
        }
        _ => {}
    }
}

#[allow(unconditional_recursion)]
fn deeper(depth: u64) -> u64 {
    std::hint::black_box(deeper(std::hint::black_box(depth + 1))) + 1
}
