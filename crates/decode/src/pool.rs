//! The parent's side: worker processes, what is asked of them, and what becomes of those that die.

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use likeness_domain::{Pixels, Region};

use crate::DecodeError;
use crate::serve::WORKER_ARGUMENT;
use crate::wire::{Decoded, Message, Opened, Reply, Request};

/// The program whose `main` calls [`run_worker_if_asked`](crate::run_worker_if_asked).
#[derive(Debug, Clone)]
pub struct WorkerCommand(PathBuf);

impl WorkerCommand {
    /// The program that is running now.
    ///
    /// # Errors
    /// When the system does not tell where it lies.
    pub fn this_program() -> io::Result<Self> {
        std::env::current_exe().map(Self)
    }

    /// Another program.
    pub fn program(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

/// What one file may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time to turn a file into pixels.
    pub decoding: Duration,
    /// Time to read a file, from however slow a disk.
    pub reading: Duration,
    /// Memory of a worker, beyond what the program takes by itself.
    pub memory_bytes: u64,
    /// Files larger than this are not read.
    pub file_bytes: u64,
}

impl Default for Limits {
    /// 30 s, 120 s, 2 GiB, 1 GiB.
    fn default() -> Self {
        Self {
            decoding: Duration::from_secs(30),
            reading: Duration::from_secs(120),
            memory_bytes: 2 << 30,
            file_bytes: 1 << 30,
        }
    }
}

/// Hands out [`Worker`]s, one for each thread that decodes, and keeps the processes of those that were given back.
/// Clones share them.
#[derive(Clone)]
pub struct DecodePool(Arc<Shared>);

struct Shared {
    command: WorkerCommand,
    limits: Limits,
    idle: Mutex<Vec<Process>>,
}

/// Idle processes that are kept: a few for the window's wishes; a scan keeps its own busy.
const MOST_IDLE: usize = 4;

impl DecodePool {
    /// A pool without processes: they are started when they are needed.
    pub fn new(command: WorkerCommand, limits: Limits) -> Self {
        Self(Arc::new(Shared { command, limits, idle: Mutex::new(Vec::new()) }))
    }

    /// A worker for one thread. Cheap: its process is started by its first request.
    pub fn worker(&self) -> Worker {
        Worker { pool: Arc::clone(&self.0), process: None }
    }
}

/// Decodes one file at a time in a process of its own, which is started again when it dies.
pub struct Worker {
    pool: Arc<Shared>,
    process: Option<Process>,
}

impl Worker {
    /// Reads and hashes a file, once; the worker keeps its bytes for the questions that follow.
    ///
    /// # Errors
    /// When it is no ordinary file, cannot be read, is empty or too large, or changes meanwhile.
    pub fn open(&mut self, path: &Path) -> Result<Opened, DecodeError> {
        let request = Message { head: Request::Open(path.as_os_str().to_owned()), blobs: Vec::new() };
        self.ask(&request, self.pool.limits.reading, Message::into_opened)
    }

    /// Everything for the catalog, of the file that is open. `short_side` is the least that a model needs, in pixels.
    ///
    /// # Errors
    /// When nothing is open, or it cannot be decoded within the limits.
    pub fn decode(&mut self, short_side: u32) -> Result<Decoded, DecodeError> {
        self.question(Request::Decode { short_side }, Message::into_decoded)
    }

    /// The pixels of any file, or of a part of its upright picture, with at least `short_side` pixels in the short
    /// side of what is returned, where the picture has them.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`decode`](Self::decode).
    pub fn picture(
        &mut self,
        path: &Path,
        short_side: u32,
        region: Option<Region>,
    ) -> Result<Pixels, DecodeError> {
        self.open(path)?;
        self.opened_picture(short_side, region)
    }

    /// The same, of a file's bytes: a picture that was pasted or dropped.
    ///
    /// # Errors
    /// As [`picture`](Self::picture).
    pub fn picture_from_bytes(
        &mut self,
        bytes: &[u8],
        short_side: u32,
        region: Option<Region>,
    ) -> Result<Pixels, DecodeError> {
        self.open_bytes(bytes)?;
        self.opened_picture(short_side, region)
    }

    /// An upright sRGB JPEG of any file with at most `long_side` pixels in the long side; `u32::MAX` gives all pixels
    /// of pictures up to 50 million, and half or a quarter of the side of larger ones.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`decode`](Self::decode).
    pub fn screen_picture(&mut self, path: &Path, long_side: u32) -> Result<Vec<u8>, DecodeError> {
        self.open(path)?;
        self.opened_screen_picture(long_side)
    }

    /// The same, of a file's bytes: a picture that was pasted or dropped.
    ///
    /// # Errors
    /// As [`screen_picture`](Self::screen_picture).
    pub fn screen_picture_from_bytes(
        &mut self,
        bytes: &[u8],
        long_side: u32,
    ) -> Result<Vec<u8>, DecodeError> {
        self.open_bytes(bytes)?;
        self.opened_screen_picture(long_side)
    }

    /// [`screen_picture`](Self::screen_picture) of the file that is open.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn opened_screen_picture(&mut self, long_side: u32) -> Result<Vec<u8>, DecodeError> {
        self.question(Request::ScreenPicture { long_side }, Message::into_screen_picture)
    }

    fn open_bytes(&mut self, bytes: &[u8]) -> Result<Opened, DecodeError> {
        let request = Message { head: Request::OpenBytes, blobs: vec![bytes.to_vec()] };
        self.ask(&request, self.pool.limits.reading, Message::into_opened)
    }

    /// [`picture`](Self::picture) of the file that is open.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn opened_picture(&mut self, short_side: u32, region: Option<Region>) -> Result<Pixels, DecodeError> {
        let region = region.map(|region| region.to_fractions());
        self.question(Request::Picture { short_side, region }, Message::into_picture)
    }

    /// A request about the file that is open.
    fn question<T>(
        &mut self,
        head: Request,
        answer: impl FnOnce(Message<Reply>) -> Option<T>,
    ) -> Result<T, DecodeError> {
        if self.process.is_none() {
            return Err(DecodeError::NothingOpen);
        }
        self.ask(&Message { head, blobs: Vec::new() }, self.pool.limits.decoding, answer)
    }

    fn ask<T>(
        &mut self,
        request: &Message<Request>,
        deadline: Duration,
        answer: impl FnOnce(Message<Reply>) -> Option<T>,
    ) -> Result<T, DecodeError> {
        let mut process = match self.process.take().or_else(|| self.pool.take_idle()) {
            Some(process) => process,
            None => Process::start(&self.pool).map_err(DecodeError::Worker)?,
        };
        // A worker that cannot be written to has died: reading tells of what.
        let _ = request.write(&mut process.requests);
        let reply = match process.replies.recv_timeout(deadline) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Timeout) => {
                return Err(DecodeError::TookTooLong { seconds: deadline.as_secs() });
            }
            Err(RecvTimeoutError::Disconnected) => return Err(process.cause_of_death()),
        };
        if let Reply::Failed(error) = reply.head {
            self.process = Some(process);
            return Err(error.into());
        }
        let answer = answer(reply).ok_or(DecodeError::Crashed)?;
        self.process = Some(process);
        Ok(answer)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let close = Message { head: Request::Close, blobs: Vec::new() };
            if close.write(&mut process.requests).is_ok() {
                self.pool.keep(process);
            }
        }
    }
}

impl Shared {
    fn take_idle(&self) -> Option<Process> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, process: Process) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(process);
        }
    }
}

/// A worker process and the two threads that listen to it. Dropping it ends it.
struct Process {
    child: Child,
    requests: ChildStdin,
    replies: Receiver<Message<Reply>>,
    last_words: Option<JoinHandle<Vec<u8>>>,
}

/// Free memory that glibc keeps in a worker: buffers of up to 32 MiB (its most), 64 MiB together.
const KEPT_BUFFER_BYTES: &str = "33554432";
const KEPT_MEMORY_BYTES: &str = "67108864";
/// Bytes of standard error that are kept until a worker dies.
const LAST_WORDS_BYTES: usize = 4096;
/// After this much more than the longest deadline, a worker whose parent died ends itself.
const GRACE_SECONDS: u64 = 10;

impl Process {
    fn start(pool: &Shared) -> io::Result<Self> {
        let Limits { decoding, reading, memory_bytes, file_bytes } = pool.limits;
        let seconds = decoding.max(reading).as_secs() + GRACE_SECONDS;
        let mut child = Command::new(&pool.command.0)
            .arg(WORKER_ARGUMENT)
            .args([memory_bytes, seconds, file_bytes].map(|number| number.to_string()))
            // One arena: glibc would set 64 MB of address space aside for each thread of a library.
            .env("MALLOC_ARENA_MAX", "1")
            // A photo's buffers stay for the next one: getting them from the system anew costs 3 % of a large JPEG.
            .env("MALLOC_MMAP_THRESHOLD_", KEPT_BUFFER_BYTES)
            .env("MALLOC_TRIM_THRESHOLD_", KEPT_MEMORY_BYTES)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let requests = child.stdin.take().expect("asked for above");
        let stdout = child.stdout.take().expect("asked for above");
        enlarge(&stdout);
        let mut stdout = BufReader::new(stdout);
        let mut stderr = child.stderr.take().expect("asked for above");
        let (sender, replies) = sync_channel(1);
        std::thread::Builder::new().name("decode replies".into()).spawn(move || {
            while let Ok(message) = Message::read(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        })?;
        let last_words =
            std::thread::Builder::new().name("decode errors".into()).spawn(move || end_of(&mut stderr))?;
        Ok(Self { child, requests, replies, last_words: Some(last_words) })
    }

    /// Why the process died, told by its status and by the last that it wrote.
    fn cause_of_death(mut self) -> DecodeError {
        let Ok(status) = self.child.wait() else { return DecodeError::Crashed };
        let last_words = self.last_words.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        let last_words = String::from_utf8_lossy(&last_words);
        let out_of_memory =
            ["memory allocation of", "bad_alloc"].iter().any(|words| last_words.contains(words));
        if out_of_memory || was_killed(status) {
            DecodeError::NeedsTooMuchMemory
        } else {
            DecodeError::Crashed
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets a whole answer fit into the pipe: the worker writes it at once, and its parent wakes once.
#[cfg(target_os = "linux")]
fn enlarge(pipe: &ChildStdout) {
    use std::os::fd::AsRawFd;
    const BYTES: libc::c_int = 1 << 20;
    // SAFETY: a plain system call on an open descriptor. If it is refused, answers take a few more turns.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, BYTES) };
}

#[cfg(not(target_os = "linux"))]
fn enlarge(_pipe: &ChildStdout) {}

/// The last bytes of a stream, read to its end.
fn end_of(stream: &mut impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        kept.extend_from_slice(&buffer[..count]);
        if kept.len() > LAST_WORDS_BYTES {
            kept.drain(..kept.len() - LAST_WORDS_BYTES);
        }
    }
    kept
}

/// Whether someone else killed it: in practice the system, short of memory.
#[cfg(unix)]
fn was_killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(libc::SIGKILL)
}

#[cfg(not(unix))]
fn was_killed(_status: ExitStatus) -> bool {
    false
}
