//! Work in the background: one thread that reads what is asked for, one job after the other, and follows the folders. Beside
//! it, what the person waits for: that is told of, held and ended in its place.
//!
//! Hints of the watcher, drives that come and go, other processes and a timer all end in the same thing: a scope in the
//! queue. Only the scan that follows changes what the catalog believes.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use likeness_domain::{FolderId, JobContext, JobControl, Progress};
use likeness_scan::{Hint, WatchState, Watcher};
use likeness_store::FolderState;
use parking_lot::{Condvar, Mutex};

use crate::activity::Speedometer;
use crate::roots::Root;
use crate::{Activity, Arrange, Dims, Error, Library, Notice, Scope, Subscription, WithEmbeddings, Work};

/// How often drives and other processes' changes are looked for.
const TICK: Duration = Duration::from_secs(1);
/// The timed scan, which is the truth where events are lost.
const SCAN_EVERY: Duration = Duration::from_secs(15 * 60);
/// The first scan leaves the cores to whoever wants to see photos at once: the catalog can show them without it.
const FIRST_SCAN_AFTER: Duration = Duration::from_millis(1500);
/// Files that changed under our hands are looked at again after this, and decisions written into sidecars.
const SETTLE: Duration = Duration::from_secs(2);
/// While another process reads photos into the library, it changes more often than this: then the map waits.
const OTHERS_ARE_DONE_AFTER: Duration = Duration::from_secs(5);
/// Activity is told at most this often.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// How many albums to suggest; `None` for as many as suit the library.
type SuggestionCount = Option<NonZeroUsize>;

/// Follows a library's folders until it is dropped.
pub struct Following {
    shared: Arc<Shared>,
    /// Hears of decisions.
    _heard: Subscription,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    library: Library,
    queue: Mutex<Queue>,
    wake: Condvar,
    activity: Mutex<Reported>,
    /// Held by the job that the person waits for.
    awaited: Mutex<()>,
    watcher: Mutex<Option<Watcher>>,
}

#[derive(Default)]
struct Queue {
    scopes: VecDeque<Scope>,
    /// Maps that somebody wants made again.
    arrange: Vec<Dims>,
    /// When to look for photos that have no place on the map.
    map: Option<Instant>,
    /// Whether something may have to be learned.
    learn: bool,
    /// When to write what was decided into sidecars.
    write: Option<Instant>,
    /// Whether somebody wants the eye to be taught.
    teach_eye: bool,
    /// How many albums somebody wants to be suggested.
    suggest: Option<SuggestionCount>,
    /// Asked for again, but not before this time.
    later: Vec<(Instant, Scope)>,
    /// The job in the background, and the one that the person waits for.
    current: Option<JobControl>,
    awaited: Option<JobControl>,
    ended: bool,
}

#[derive(Default)]
struct Reported {
    background: Counted,
    awaited: Option<Counted>,
    told: Option<Instant>,
    failure: Option<Arc<Error>>,
}

/// How far one of them is.
#[derive(Default)]
struct Counted {
    activity: Activity,
    speedometer: Speedometer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Background,
    Awaited,
}

impl Library {
    /// Soon reads everything once, then follows the folders: events, drives, other processes, and a timed scan.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn follow(&self) -> Result<Following, Error> {
        let shared = Arc::new(Shared {
            library: self.clone(),
            queue: Mutex::default(),
            wake: Condvar::new(),
            activity: Mutex::default(),
            awaited: Mutex::default(),
            watcher: Mutex::new(None),
        });
        let hinted = Arc::downgrade(&shared);
        let watcher = Watcher::new(self.own_places(), move |Hint { folder, places }| {
            if let Some(shared) = hinted.upgrade() {
                shared.queue(Scope::Places(folder, places));
            }
        });
        *shared.watcher.lock() = Some(watcher);
        let hearing = Arc::downgrade(&shared);
        let heard = self.listen(move |notice| {
            if let Notice::DecisionsChanged(_) | Notice::TagsChanged = notice
                && let Some(shared) = hearing.upgrade()
            {
                shared.write_sidecars(Instant::now() + SETTLE);
            }
        });
        shared.queue.lock().later.push((Instant::now() + FIRST_SCAN_AFTER, Scope::Everything));
        let running = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("likeness-work".into())
            .spawn(move || running.run())
            .map_err(Error::NoThread)?;
        Ok(Following { shared, _heard: heard, thread: Some(thread) })
    }
}

impl Following {
    /// Looks at `scope` as soon as what runs now is done.
    pub fn look_at(&self, scope: Scope) {
        self.shared.queue(scope);
    }

    /// Makes a map again as soon as what runs now is done, from where photos lie.
    pub fn arrange_map(&self, dims: Dims) {
        self.shared.queue.lock().want_map(dims);
        self.shared.wake.notify_all();
    }

    /// Goes back to the map before, and the next time forth again; photos that came between the two are placed soon.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn undo_map(&self, dims: Dims) -> Result<bool, Error> {
        let undone = self.shared.library.undo_map(dims)?;
        self.shared.look_at_map(Instant::now());
        Ok(undone)
    }

    /// Learns from what was decided as soon as what runs now is done.
    pub fn learn(&self) {
        self.shared.queue.lock().learn = true;
        self.shared.wake.notify_all();
    }

    /// Teaches the eye as soon as what runs now is done.
    pub fn teach_eye(&self) {
        self.shared.queue.lock().teach_eye = true;
        self.shared.wake.notify_all();
    }

    /// Writes what was decided into sidecars, where that is turned on, as soon as what runs now is done.
    pub fn write_sidecars(&self) {
        self.shared.write_sidecars(Instant::now());
    }

    /// Groups photos again into so many suggested albums, or as many as suit them, as soon as what runs now is done.
    pub fn suggest_albums(&self, count: Option<NonZeroUsize>) {
        self.shared.queue.lock().suggest = Some(count);
        self.shared.wake.notify_all();
    }

    /// Runs, on this thread, a job that the person waits for, and one such job at a time. Work in the background goes on
    /// beside it, but as long as it runs, it is what is told of, held and ended.
    pub fn attend<T>(&self, job: impl FnOnce(&JobContext) -> T) -> T {
        let _turn = self.shared.awaited.lock();
        let control = JobControl::new();
        self.shared.queue.lock().awaited = Some(control.clone());
        {
            let mut reported = self.shared.activity.lock();
            reported.awaited = Some(Counted::default());
            // What is done at once is not told of.
            reported.told = Some(Instant::now());
        }
        let _ends = Awaited(&self.shared);
        job(&self.shared.context(Who::Awaited, control))
    }

    /// What is being done now.
    pub fn activity(&self) -> Activity {
        self.shared.activity.lock().shown().activity
    }

    /// Why the last work could not go on; `None` once work succeeds again.
    pub fn failure(&self) -> Option<Arc<Error>> {
        self.shared.activity.lock().failure.clone()
    }

    /// How a folder is watched; `None` when it is not, because it is away.
    pub fn watch_state(&self, folder: FolderId) -> Option<WatchState> {
        self.shared.watcher.lock().as_ref().and_then(|watcher| watcher.state(folder))
    }

    /// Holds the running work.
    pub fn pause(&self) {
        self.shared.hold(Hold::Pause);
    }

    /// Goes on with it.
    pub fn resume(&self) {
        self.shared.hold(Hold::Resume);
    }

    /// Ends it. In the background, what waits is forgotten. What is done stays done; the next scan takes up the rest.
    pub fn cancel(&self) {
        {
            let mut queue = self.shared.queue.lock();
            if queue.awaited.is_none() {
                queue.forget_what_waits();
            }
        }
        self.shared.steer(JobControl::cancel);
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        {
            let mut queue = self.shared.queue.lock();
            queue.ended = true;
            queue.awaited.iter().chain(&queue.current).for_each(JobControl::cancel);
        }
        self.shared.wake.notify_all();
        *self.shared.watcher.lock() = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was told when it happened.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn run(self: Arc<Self>) {
        let mut ticker = Ticker::default();
        loop {
            let done = match self.next() {
                Next::Ended => return,
                Next::Scope(scope) => {
                    let worked = self.refresh(&scope);
                    worked.and(self.watch_what_is_online())
                }
                Next::Arrange(dims) => {
                    self.work("making the map", |ctx| self.library.arrange_map(ctx, &Arrange::usual(dims)))
                }
                Next::UpdateMap => {
                    let placed = self.work("placing photos", |ctx| self.library.update_map(ctx));
                    self.queue.lock().learn = true;
                    placed
                }
                Next::Suggest(count) => {
                    self.work("grouping photos", |ctx| self.library.suggest_albums(ctx, count))
                }
                Next::WriteSidecars => self.work("writing sidecars", |ctx| {
                    self.library.write_sidecars(ctx).map(|written| written.note_failures())
                }),
                Next::TeachEye => self.work("teaching the eye", |ctx| self.library.teach_eye(ctx).map(drop)),
                Next::Learn => {
                    let learned = self.work("learning", |ctx| self.library.learn(ctx));
                    let found = self.work("looking for near-duplicates", |ctx| {
                        self.library.find_near_duplicates(ctx).map(drop)
                    });
                    learned.and(found)
                }
                Next::Nothing => ticker.tick(&self),
            };
            match done {
                Ok(()) => {}
                // Cancelled, or the folder was removed meanwhile: both are what the person wanted.
                Err(Error::Cancelled(_)) => self.rest(),
                Err(error) if error.is_removed_folder() => self.rest(),
                Err(error) => self.fail(error),
            }
        }
    }

    /// What to do next; waits for it for one tick.
    fn next(&self) -> Next {
        let mut queue = self.queue.lock();
        let deadline = Instant::now() + TICK;
        loop {
            if queue.ended {
                return Next::Ended;
            }
            queue.take_up_later(Instant::now());
            if let Some(scope) = queue.scopes.pop_front() {
                return Next::Scope(scope);
            }
            if let Some(dims) = queue.arrange.pop() {
                return Next::Arrange(dims);
            }
            if std::mem::take(&mut queue.teach_eye) {
                return Next::TeachEye;
            }
            if let Some(count) = queue.suggest.take() {
                return Next::Suggest(count);
            }
            if queue.map.take_if(|due| *due <= Instant::now()).is_some() {
                return Next::UpdateMap;
            }
            if queue.write.take_if(|due| *due <= Instant::now()).is_some() {
                return Next::WriteSidecars;
            }
            if std::mem::take(&mut queue.learn) {
                return Next::Learn;
            }
            if self.wake.wait_until(&mut queue, deadline).timed_out() {
                return Next::Nothing;
            }
        }
    }

    fn refresh(self: &Arc<Self>, scope: &Scope) -> Result<(), Error> {
        self.work("reading photos", |ctx| {
            let refreshed = self.library.refresh(ctx, scope, WithEmbeddings::Yes)?;
            let mut queue = self.queue.lock();
            queue.map = Some(Instant::now());
            if refreshed.unsettled > 0 {
                queue.later.push((Instant::now() + SETTLE, scope.clone()));
            }
            Ok(())
        })
    }

    /// Runs one job, which can be held and ended meanwhile.
    fn work(
        self: &Arc<Self>,
        what: &'static str,
        job: impl FnOnce(&JobContext) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let control = JobControl::new();
        self.queue.lock().current = Some(control.clone());
        let ctx = self.context(Who::Background, control);
        // On a thread of its own: a panic ends the job, not the following.
        let done = thread::scope(|threads| threads.spawn(|| job(&ctx)).join());
        self.queue.lock().current = None;
        done.unwrap_or(Err(Error::Panicked(what)))?;
        self.activity.lock().failure = None;
        self.rest();
        Ok(())
    }

    /// A context whose counts become activity.
    fn context(self: &Arc<Self>, who: Who, control: JobControl) -> JobContext {
        let shared = Arc::clone(self);
        JobContext::new(control, move |progress| shared.progressed(who, progress))
    }

    fn progressed(&self, who: Who, progress: Progress) {
        let now = Instant::now();
        let mut reported = self.activity.lock();
        let is_shown = reported.awaited.is_some() == (who == Who::Awaited);
        let counted = match who {
            Who::Background => &mut reported.background,
            Who::Awaited => reported.shown(),
        };
        counted.read(now, progress);
        let activity = counted.activity;
        if !is_shown || reported.told.is_some_and(|told| now.duration_since(told) < TELL_EVERY) {
            return;
        }
        reported.told = Some(now);
        drop(reported);
        self.library.notices.tell(Notice::Activity(activity));
    }

    /// Nothing is done in the background any more.
    fn rest(&self) {
        self.activity.lock().background.activity = Activity::Idle;
        self.tell_activity();
    }

    fn tell_activity(&self) {
        let activity = self.activity.lock().shown().activity;
        self.library.notices.tell(Notice::Activity(activity));
    }

    fn fail(&self, error: Error) {
        tracing::warn!(%error, "background work failed");
        let error = Arc::new(error);
        self.activity.lock().failure = Some(Arc::clone(&error));
        self.rest();
        self.library.notices.tell(Notice::Failed(error));
    }

    fn hold(&self, hold: Hold) {
        let steered = match hold {
            Hold::Pause => self.steer(JobControl::pause),
            Hold::Resume => self.steer(JobControl::resume),
        };
        let mut reported = self.activity.lock();
        let shown = reported.shown();
        shown.activity = match (steered, hold, shown.activity) {
            (Steered::Yes, Hold::Pause, Activity::Working(work)) => Activity::Paused(work),
            (Steered::Yes, Hold::Pause, Activity::Idle) => Activity::Paused(Work::BEGUN),
            (Steered::Yes, Hold::Resume, Activity::Paused(work)) => Activity::Working(work),
            _ => return,
        };
        drop(reported);
        self.tell_activity();
    }

    /// What the person waits for goes before.
    fn steer(&self, how: impl Fn(&JobControl)) -> Steered {
        let queue = self.queue.lock();
        match queue.awaited.as_ref().or(queue.current.as_ref()) {
            Some(control) => {
                how(control);
                Steered::Yes
            }
            None => Steered::NothingRuns,
        }
    }

    fn queue(&self, scope: Scope) {
        self.queue.lock().add(scope);
        self.wake.notify_all();
    }

    /// Photos may have come that have no place on the map.
    fn look_at_map(&self, at: Instant) {
        self.queue.lock().map = Some(at);
        self.wake.notify_all();
    }

    fn write_sidecars(&self, at: Instant) {
        self.queue.lock().write = Some(at);
        self.wake.notify_all();
    }

    /// Folders that came online are watched, those that went away are not.
    fn watch_what_is_online(&self) -> Result<(), Error> {
        let folders = self.library.catalog().folders()?;
        let mut watcher = self.watcher.lock();
        let Some(watcher) = watcher.as_mut() else { return Ok(()) };
        watcher.keep_only(&folders.iter().map(|folder| folder.id).collect::<Vec<_>>());
        for folder in folders {
            match folder.state {
                FolderState::Offline => watcher.unwatch(folder.id),
                FolderState::Online | FolderState::Waiting => watcher.watch(folder.id, &folder.path),
            }
        }
        Ok(())
    }
}

/// The job that the person waits for has ended, however it did.
struct Awaited<'a>(&'a Shared);

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.0.queue.lock().awaited = None;
        self.0.activity.lock().awaited = None;
        self.0.tell_activity();
    }
}

impl Reported {
    fn shown(&mut self) -> &mut Counted {
        self.awaited.as_mut().unwrap_or(&mut self.background)
    }
}

impl Counted {
    fn read(&mut self, now: Instant, progress: Progress) {
        let work = self.speedometer.read(now, progress);
        self.activity = match self.activity {
            Activity::Paused(_) => Activity::Paused(work),
            Activity::Idle | Activity::Working(_) => Activity::Working(work),
        };
    }
}

enum Next {
    Scope(Scope),
    Arrange(Dims),
    UpdateMap,
    Suggest(SuggestionCount),
    WriteSidecars,
    TeachEye,
    Learn,
    Nothing,
    Ended,
}

#[derive(Clone, Copy)]
enum Hold {
    Pause,
    Resume,
}

enum Steered {
    Yes,
    NothingRuns,
}

impl Queue {
    /// What a wider scope covers is not looked at twice.
    fn add(&mut self, scope: Scope) {
        let covered = self.scopes.iter().any(|queued| match (queued, &scope) {
            (Scope::Everything, _) => true,
            (Scope::Folder(queued), Scope::Folder(folder) | Scope::Places(folder, _)) => queued == folder,
            _ => false,
        });
        if covered {
            return;
        }
        if let Scope::Places(folder, places) = &scope {
            for queued in &mut self.scopes {
                if let Scope::Places(same, waiting) = queued
                    && same == folder
                {
                    waiting.extend(
                        places.iter().filter(|place| !waiting.contains(place)).cloned().collect::<Vec<_>>(),
                    );
                    return;
                }
            }
        }
        self.scopes.push_back(scope);
    }

    /// A map that waits to be made is made once.
    fn want_map(&mut self, dims: Dims) {
        if !self.arrange.contains(&dims) {
            self.arrange.push(dims);
        }
    }

    fn forget_what_waits(&mut self) {
        self.scopes.clear();
        self.later.clear();
        self.arrange.clear();
        self.map = None;
        self.learn = false;
        self.write = None;
        self.teach_eye = false;
        self.suggest = None;
    }

    fn take_up_later(&mut self, now: Instant) {
        let (due, later) = std::mem::take(&mut self.later).into_iter().partition(|(at, _)| *at <= now);
        self.later = later;
        let due: Vec<(Instant, Scope)> = due;
        due.into_iter().for_each(|(_, scope)| self.add(scope));
    }
}

/// Looks once a tick at what no event tells.
#[derive(Default)]
struct Ticker {
    version: Option<u64>,
    scanned: Option<Instant>,
}

impl Ticker {
    fn tick(&mut self, shared: &Shared) -> Result<(), Error> {
        self.look_at_drives(shared)?;
        self.look_at_other_processes(shared)?;
        let scanned = self.scanned.get_or_insert_with(Instant::now);
        if scanned.elapsed() >= SCAN_EVERY {
            *scanned = Instant::now();
            shared.queue(Scope::Everything);
        }
        Ok(())
    }

    fn look_at_drives(&self, shared: &Shared) -> Result<(), Error> {
        let library = &shared.library;
        for row in library.catalog().folders()? {
            let now = library.look_at_root(&Root::of(&row))?;
            if row.state == FolderState::Offline && now == FolderState::Online {
                shared.queue(Scope::Folder(row.id));
            } else if row.state != FolderState::Offline
                && now == FolderState::Offline
                && let Some(watcher) = shared.watcher.lock().as_mut()
            {
                watcher.unwatch(row.id);
            }
        }
        Ok(())
    }

    /// The command line may add folders and photos while a window is open.
    fn look_at_other_processes(&mut self, shared: &Shared) -> Result<(), Error> {
        let version = shared.library.catalog().others_version()?;
        if self.version.replace(version).is_some_and(|before| before != version) {
            shared.library.notices.tell(Notice::StateChanged);
            shared.library.notices.tell(Notice::PhotosChanged);
            shared.library.notices.tell(Notice::AlbumsChanged);
            shared.library.notices.tell(Notice::TagsChanged);
            shared.library.notices.tell(Notice::MapChanged);
            shared.look_at_map(Instant::now() + OTHERS_ARE_DONE_AFTER);
            shared.watch_what_is_online()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use likeness_domain::RelativePath;

    use super::*;

    fn place(path: &str) -> RelativePath {
        RelativePath::from_bytes(path.into()).expect("valid")
    }

    #[test]
    fn hints_join_and_wider_scopes_cover_them() {
        let mut queue = Queue::default();
        let folder = FolderId(1);
        queue.add(Scope::Places(folder, vec![place("a")]));
        queue.add(Scope::Places(folder, vec![place("a"), place("b")]));
        assert_eq!(queue.scopes, [Scope::Places(folder, vec![place("a"), place("b")])]);
        queue.scopes.clear();
        queue.add(Scope::Folder(folder));
        queue.add(Scope::Places(folder, vec![place("a")]));
        queue.add(Scope::Folder(FolderId(2)));
        assert_eq!(queue.scopes, [Scope::Folder(folder), Scope::Folder(FolderId(2))]);
    }
}
