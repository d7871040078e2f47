//! Reads files on all cores: open and hash, decode, embed, save. Bounded everywhere, so memory stays level however many
//! files wait, and safe to kill anywhere, since a file counts as read only when its batch is committed.
//!
//! Every core runs the same loop: when enough pictures wait for the model it embeds a batch, else it reads another file.
//! So decoding and embedding share the cores by the length of the queue between them, never by fixed numbers.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use likeness_decode::{DecodeError, Decoded, Worker};
use likeness_domain::{ContentHash, FileId, FileStamp, FolderId, JobContext, Problem, Stage};
use likeness_embed::Prepared;
use likeness_scan::RootState;
use likeness_store::{Change, Committed, FileToRead, NewContent, Outcome};
use parking_lot::Mutex;

use crate::eye::Eye;
use crate::roots::Root;
use crate::{Error, Library, WithEmbeddings};

/// Pictures embedded at a time.
const EMBED_BATCH: usize = 8;
/// A transaction takes so many files, or what came in so much time.
const COMMIT_BATCH: usize = 64;
const COMMIT_AFTER: Duration = Duration::from_millis(200);
/// Files asked of the catalog at a time.
const PAGE: usize = 512;

/// What reading the found files of a folder came to.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) opened: u64,
    pub(crate) moved: u64,
    pub(crate) unsettled: u64,
}

/// Reads every file of `root` that is found but not read. Files that cannot be read become problems; files that change
/// or vanish meanwhile wait for the next scan.
pub(crate) fn read_found(
    library: &Library,
    ctx: &JobContext,
    root: &Root,
    with_embeddings: WithEmbeddings,
) -> Result<Tally, Error> {
    let total = library.store.count_to_read(Some(root.id))?;
    if total == 0 {
        return Ok(Tally::default());
    }
    let lent = match with_embeddings {
        WithEmbeddings::Yes => library.eye().ok(),
        WithEmbeddings::No => None,
    };
    let eye = lent.as_deref();
    let line = Line {
        library,
        ctx,
        root,
        eye,
        pages: Mutex::new(Pages::new(root.id)),
        waiting: Mutex::new(VecDeque::new()),
        opened: AtomicU64::new(0),
        unsettled: AtomicU64::new(0),
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let (outcomes, to_commit) = bounded(COMMIT_BATCH * 2);
        let readers: Vec<_> = (0..cores)
            .map(|_| {
                let outcomes = outcomes.clone();
                scope.spawn(|| line.run(outcomes))
            })
            .collect();
        drop(outcomes);
        // When committing fails its end of the channel closes, and the readers stop.
        let committed = Committer { library, ctx, eye, done: 0, total, moved: 0 }.run(to_commit);
        let read = readers
            .into_iter()
            .map(|reader| reader.join().unwrap_or(Err(Error::Panicked("reading photos"))))
            .collect::<Result<Vec<()>, Error>>();
        let moved = committed?;
        read?;
        Ok(Tally {
            opened: line.opened.load(Ordering::Relaxed),
            moved,
            unsettled: line.unsettled.load(Ordering::Relaxed),
        })
    })
}

/// What the readers share.
struct Line<'a> {
    library: &'a Library,
    ctx: &'a JobContext,
    root: &'a Root,
    eye: Option<&'a Eye>,
    pages: Mutex<Pages>,
    waiting: Mutex<VecDeque<Waiting>>,
    opened: AtomicU64,
    unsettled: AtomicU64,
}

/// A decoded photo that waits for the model.
struct Waiting {
    file: FileId,
    stamp: FileStamp,
    content: Box<NewContent>,
    prepared: Prepared,
}

/// What became of one file.
enum Read {
    /// Nothing more to do.
    Done(Outcome),
    /// To the model.
    Waits(Waiting),
    /// It changed or vanished under our hands: the next scan sees it as it is then.
    Later,
}

/// Nobody takes outcomes any more.
struct Closed;

impl Line<'_> {
    fn run(&self, outcomes: Sender<Outcome>) -> Result<(), Error> {
        let mut worker = self.library.decoders.worker();
        loop {
            self.ctx.check()?;
            let sent = if let Some(batch) = self.full_batch() {
                self.embed(batch, &outcomes)
            } else if let Some(file) = self.next_file()? {
                match self.read(&mut worker, file)? {
                    Read::Done(outcome) => outcomes.send(outcome).map_err(|_| Closed),
                    Read::Waits(waiting) => {
                        self.waiting.lock().push_back(waiting);
                        Ok(())
                    }
                    Read::Later => Ok(()),
                }
            } else if let Some(batch) = self.last_batch() {
                self.embed(batch, &outcomes)
            } else {
                return Ok(());
            };
            if let Err(Closed) = sent {
                return Ok(());
            }
        }
    }

    fn read(&self, worker: &mut Worker, file: FileToRead) -> Result<Read, Error> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        match self.open_and_decode(worker, &file)? {
            Ok(read) => Ok(read),
            Err(error) if is_passing(&error) => {
                self.stop_when_root_is_away()?;
                self.unsettled.fetch_add(1, Ordering::Relaxed);
                Ok(Read::Later)
            }
            Err(error) => {
                // What ends this program may end its workers first: that says nothing about the file.
                self.ctx.check()?;
                self.stop_when_root_is_away()?;
                let problem = error.problem();
                Ok(Read::Done(Outcome::Problem { file: file.id, stamp: file.stamp, problem }))
            }
        }
    }

    /// The outer result is an error of the library, the inner one of the file.
    fn open_and_decode(
        &self,
        worker: &mut Worker,
        file: &FileToRead,
    ) -> Result<Result<Read, DecodeError>, Error> {
        let opened = match worker.open(&file.path) {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(error)),
        };
        let (hash, stamp) = (opened.hash, opened.stamp);
        if self.library.store.photo_of(&hash)?.is_some_and(|known| known.has_preview) {
            return Ok(Ok(Read::Done(Outcome::Known { file: file.id, stamp, hash })));
        }
        let short_side = self.eye.map_or(1, |eye| eye.model.input_short_side());
        let decoded = match worker.decode(short_side) {
            Ok(decoded) => decoded,
            Err(error) => return Ok(Err(error)),
        };
        self.library.thumbnails.write(&hash, &decoded.thumbnails.small, &decoded.thumbnails.large)?;
        Ok(Ok(self.next_step(file.id, stamp, hash, decoded)))
    }

    fn next_step(&self, file: FileId, stamp: FileStamp, hash: ContentHash, decoded: Decoded) -> Read {
        let Decoded { facts, pixels, preview, perceptual_hash, small_picture, sharpness, warning, .. } =
            decoded;
        let embedding = None;
        let content = Box::new(NewContent {
            hash,
            facts,
            preview,
            perceptual_hash,
            small_picture,
            sharpness,
            embedding,
            warning,
        });
        match self.eye {
            Some(eye) => {
                let prepared = eye.model.prepare(&pixels);
                Read::Waits(Waiting { file, stamp, content, prepared })
            }
            None => Read::Done(Outcome::Photo { file, stamp, content }),
        }
    }

    /// The pages are locked for the asking only: in the condition above they would be for as long as the file is read.
    fn next_file(&self) -> Result<Option<FileToRead>, Error> {
        self.pages.lock().next(self.library)
    }

    fn full_batch(&self) -> Option<Vec<Waiting>> {
        let mut waiting = self.waiting.lock();
        (waiting.len() >= EMBED_BATCH).then(|| waiting.drain(..EMBED_BATCH).collect())
    }

    fn last_batch(&self) -> Option<Vec<Waiting>> {
        let mut waiting = self.waiting.lock();
        let count = waiting.len().min(EMBED_BATCH);
        (count > 0).then(|| waiting.drain(..count).collect())
    }

    /// A photo without embedding is still a photo: it is shown, and says why it cannot be found by look.
    fn embed(&self, batch: Vec<Waiting>, outcomes: &Sender<Outcome>) -> Result<(), Closed> {
        let eye = self.eye.expect("only a line with a model has photos that wait for it");
        let (photos, pictures): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|Waiting { file, stamp, content, prepared }| ((file, stamp, content), prepared))
            .unzip();
        for ((file, stamp, mut content), embedding) in photos.into_iter().zip(eye.model.embed(&pictures)) {
            match embedding {
                Ok(embedding) => content.embedding = Some(embedding),
                Err(error) => content.warning = Some(Problem::new(Stage::Embed, error.to_string())),
            }
            outcomes.send(Outcome::Photo { file, stamp, content }).map_err(|_| Closed)?;
        }
        Ok(())
    }

    /// When a drive is pulled, every file of it fails. That says nothing about the files.
    fn stop_when_root_is_away(&self) -> Result<(), Error> {
        match self.root.state() {
            RootState::Online => Ok(()),
            RootState::Offline { .. } | RootState::Foreign => Err(Error::RootAway(self.root.path.clone())),
        }
    }
}

/// Whether the file changed or vanished while it was looked at: then what was seen is no file's content.
fn is_passing(error: &DecodeError) -> bool {
    match error {
        DecodeError::ChangedWhileReading => true,
        DecodeError::Read(source) => source.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}

/// The files to read, a page at a time, in the order of their paths.
struct Pages {
    folder: FolderId,
    page: VecDeque<FileToRead>,
    last: Option<FileToRead>,
    finished: bool,
}

impl Pages {
    fn new(folder: FolderId) -> Self {
        Self { folder, page: VecDeque::new(), last: None, finished: false }
    }

    fn next(&mut self, library: &Library) -> Result<Option<FileToRead>, Error> {
        if self.page.is_empty() && !self.finished {
            let after = self.last.as_ref().map(|file| file.id);
            self.page = library.store.files_to_read(Some(self.folder), after, PAGE)?.into();
            self.finished = self.page.len() < PAGE;
            self.last = self.page.back().cloned();
        }
        Ok(self.page.pop_front())
    }
}

/// The one writer.
struct Committer<'a> {
    library: &'a Library,
    ctx: &'a JobContext,
    eye: Option<&'a Eye>,
    done: u64,
    total: u64,
    moved: u64,
}

impl Committer<'_> {
    /// Until all readers are gone. Returns how many files turned out to be moved photos.
    fn run(mut self, read: Receiver<Outcome>) -> Result<u64, Error> {
        self.ctx.progress(Stage::Decode, 0, self.total);
        loop {
            let outcomes = next_batch(&read);
            if outcomes.is_empty() {
                return Ok(self.moved);
            }
            self.commit(outcomes)?;
        }
    }

    fn commit(&mut self, outcomes: Vec<Outcome>) -> Result<(), Error> {
        let committed = self.library.store.commit(&outcomes)?;
        // Files that the catalog forgot meanwhile have no answer.
        let committed: HashMap<FileId, Committed> =
            committed.into_iter().map(|done| (done.file, done)).collect();
        let (mut embeddings, mut new_photos) = (Vec::new(), 0);
        for outcome in outcomes {
            let Some(done) = committed.get(&outcome.file()) else { continue };
            self.moved += u64::from(done.change == Change::Moved);
            new_photos += u64::from(done.change == Change::New);
            if let (Outcome::Photo { content, .. }, Some(photo)) = (outcome, done.photo) {
                embeddings.extend(content.embedding.map(|embedding| (photo, embedding)));
            }
        }
        if let Some(eye) = self.eye {
            eye.vectors().saved(&self.library.store, &embeddings, new_photos)?;
        }
        self.done += committed.len() as u64;
        self.ctx.progress(Stage::Decode, self.done, self.total.max(self.done));
        self.library.notices.tell_photos_changed_sometimes();
        Ok(())
    }
}

/// Waits for the first file, then takes what comes until the batch is full or late. Empty when no more will come.
fn next_batch(read: &Receiver<Outcome>) -> Vec<Outcome> {
    let Ok(first) = read.recv() else { return Vec::new() };
    let late = Instant::now() + COMMIT_AFTER;
    let mut batch = vec![first];
    while batch.len() < COMMIT_BATCH {
        match read.recv_deadline(late) {
            Ok(outcome) => batch.push(outcome),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    batch
}
