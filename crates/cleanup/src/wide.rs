//! Code for wide registers, where the processor has them.

/// Defines a function that is compiled twice: for every processor, and for those with AVX2, where that form is taken. Both
/// compute the same, bit for bit: they multiply and add apart.
macro_rules! compiled_wide {
    ($(#[$about:meta])* $seen:vis fn $name:ident($($argument:ident: $kind:ty),+ $(,)?) -> $answer:ty $body:block) => {
        $(#[$about])*
        $seen fn $name($($argument: $kind),+) -> $answer {
            #[inline(always)]
            fn narrow($($argument: $kind),+) -> $answer $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn wide($($argument: $kind),+) -> $answer {
                    narrow($($argument),+)
                }
                if std::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has what the function is compiled for.
                    return unsafe { wide($($argument),+) };
                }
            }
            narrow($($argument),+)
        }
    };
}

pub(crate) use compiled_wide;
