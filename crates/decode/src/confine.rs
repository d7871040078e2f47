//! What a worker may use: bounded memory, no core dumps, an end of its own should its parent die while it hangs.

/// Bounds this process's address space to what it has now and `memory_bytes` more, and leaves its end to its parent.
#[cfg(unix)]
pub(crate) fn confine(memory_bytes: u64) {
    let set = |resource, most: u64| {
        let limit = libc::rlimit { rlim_cur: most as libc::rlim_t, rlim_max: most as libc::rlim_t };
        // SAFETY: a plain system call on a value that outlives it. If it is refused, the deadline remains.
        unsafe { libc::setrlimit(resource, &limit) };
    };
    set(libc::RLIMIT_CORE, 0);
    // Ctrl+C reaches every process of a terminal. A worker ends when its parent closes the pipe: until then, the file
    // it works on is no broken file.
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: a plain system call.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    if let Some(mapped) = mapped_bytes() {
        set(libc::RLIMIT_AS, mapped.saturating_add(memory_bytes));
    }
}

#[cfg(not(unix))]
pub(crate) fn confine(_memory_bytes: u64) {}

/// Ends this process when `seconds` have passed without [`relax`]. The parent's deadline comes first; this one is for
/// a worker whose parent died. (Linux could end it with its parent, but counts the death of the thread that started
/// it, and workers outlive threads.)
#[cfg(unix)]
pub(crate) fn expect_end_within(seconds: u32) {
    // SAFETY: a plain system call.
    unsafe { libc::alarm(seconds) };
}

#[cfg(not(unix))]
pub(crate) fn expect_end_within(_seconds: u32) {}

/// Takes back [`expect_end_within`].
pub(crate) fn relax() {
    expect_end_within(0);
}

/// Standard output, out of the reach of libraries that print: what they write goes to standard error from now on.
#[cfg(unix)]
pub(crate) fn take_stdout() -> std::io::Result<impl std::io::Write> {
    use std::os::fd::AsFd;
    let replies = std::io::stdout().as_fd().try_clone_to_owned()?;
    // SAFETY: both descriptors are open.
    if unsafe { libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) } < 0 {
        return Err(std::io::Error::last_os_error());
    }
    Ok(std::fs::File::from(replies))
}

#[cfg(not(unix))]
pub(crate) fn take_stdout() -> std::io::Result<impl std::io::Write> {
    Ok(std::io::stdout())
}

/// Address space in use; libraries and the program itself count as well.
#[cfg(target_os = "linux")]
fn mapped_bytes() -> Option<u64> {
    const PAGE_BYTES: u64 = 4096;
    let pages: u64 = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').next()?.parse().ok()?;
    Some(pages * PAGE_BYTES)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn mapped_bytes() -> Option<u64> {
    None
}
