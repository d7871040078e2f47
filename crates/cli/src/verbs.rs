//! One function per verb.

use std::sync::Arc;

use clap::CommandFactory;
use likeness_api::lines::{ChangeLine, ClusterLine, FolderLine, PhotoLine, ProblemLine, ScanLine, ServeLine};
use likeness_api::wire::Failure;
use likeness_api::{
    Accuracy, Api, AskMap, AskSimilar, EmbedTarget, EvalTarget, JobControl, ListPhotos, MapScope, Options,
    Repair, Session, Sort, WithEmbeddings,
};
use likeness_server::Server;

use crate::arguments::{
    Arguments, ClusterCount, Clusters, Completions, Doctor, Embed, Eval, FolderAction, Folders, GoesWith,
    Map, ModelAction, Models, Outliers, Photos, Read, Serve, Similar, Teach, Verb,
};
use crate::evaluation::evaluation;
use crate::output::{
    Form, Outcome, Table, print_aside, print_failure, print_line, print_note, print_text, printable,
};
use crate::progress::{Show, cancel_on_interrupt, with_progress};

mod cleanup;
mod decisions;
mod learned;
mod sidecars;

/// Runs the verb that was typed.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let run = Run {
        options: Options { library: arguments.library.clone() },
        form: if arguments.json { Form::JsonLines } else { Form::Text },
        show: if arguments.quiet { Show::Nothing } else { Show::OnTerminal },
    };
    match &arguments.verb {
        Verb::Add(read) => run.add(read),
        Verb::Scan(read) => run.scan(read),
        Verb::Watch => run.watch(),
        Verb::Folders(folders) => run.folders(folders),
        Verb::Photos(photos) => run.photos(photos),
        Verb::Problems => run.problems(),
        Verb::Tags(tags) => run.tags(tags),
        Verb::Albums(albums) => run.albums(albums),
        Verb::Sidecars(sidecars) => run.sidecars(sidecars),
        Verb::Similar(similar) => run.similar(similar),
        Verb::Duplicates(duplicates) => run.duplicates(duplicates),
        Verb::Cleanup(cleanup) => run.cleanup(cleanup),
        Verb::Trash(trash) => run.trash(trash),
        Verb::Clusters(clusters) => run.clusters(clusters),
        Verb::GoesWith(goes_with) => run.goes_with(goes_with),
        Verb::Outliers(outliers) => run.outliers(outliers),
        Verb::Teach(teach) => run.teach(teach),
        Verb::Map(map) => run.map(map),
        Verb::Embed(embed) => run.embed(embed),
        Verb::Eval(eval) => run.eval(eval),
        Verb::Models(models) => run.models(models),
        Verb::Serve(serve) => run.serve(serve),
        Verb::Doctor(doctor) => run.doctor(doctor),
        Verb::Completions(completions) => Ok(print_completions(completions)),
    }
}

const NO_FOLDERS: &str = "no source folders yet; add one with: likeness add FOLDER";

struct Run {
    options: Options,
    form: Form,
    show: Show,
}

impl Run {
    fn session(&self) -> Result<Session, Failure> {
        Session::open(&self.options)
    }

    fn add(&self, read: &Read<1>) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let line =
            with_progress(self.show, |job| session.add(job, &read.folders, embeddings(read.no_embed)))?;
        Ok(self.print_scan(&line))
    }

    fn scan(&self, read: &Read<0>) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let line =
            with_progress(self.show, |job| session.scan(job, &read.folders, embeddings(read.no_embed)))?;
        Ok(self.print_scan(&line))
    }

    fn print_scan(&self, line: &ScanLine) -> Outcome {
        print_line(self.form, line, || {
            let mut text = format!(
                "{} photos in {} files: {} new, {} changed, {} moved, {} missing, {} problems ({} opened, {:.1} s)",
                line.photos,
                line.files,
                line.new,
                line.changed,
                line.moved,
                line.missing,
                line.problems,
                line.opened,
                line.seconds
            );
            for folder in &line.offline {
                text.push_str(&format!("\noffline, nothing in it was changed: {}", printable(folder)));
            }
            if line.problems > 0 {
                text.push_str("\nsee them with: likeness problems");
            }
            text
        });
        Outcome::with_problems(line.problems)
    }

    fn watch(&self) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let no_folders = session.folders()?.is_empty();
        self.say(if no_folders { NO_FOLDERS } else { "watching the source folders; Ctrl+C ends it" });
        let control = JobControl::new();
        cancel_on_interrupt(&control);
        let form = self.form;
        let print_change = move |change: ChangeLine| {
            print_line(form, &change, || format!("{:<8} {}", change.event, printable(&change.path)));
        };
        session.watch(&control, print_change, |failure| print_failure(&failure))?;
        Ok(Outcome::Done)
    }

    fn folders(&self, folders: &Folders) -> Result<Outcome, Failure> {
        let session = self.session()?;
        match &folders.action {
            Some(FolderAction::Remove { folder }) => {
                session.remove_folder(folder)?;
                self.say(&format!("no source folder any more, nothing in it changed: {}", folder.display()));
            }
            Some(FolderAction::Relink { old, new }) => {
                let line = with_progress(self.show, |job| session.relink_folder(job, old, new))?;
                return Ok(self.print_scan(&line));
            }
            // No folders are named where there is to be no order.
            Some(FolderAction::Order { folders, .. }) => {
                session.order_folders(folders)?;
                self.print_folders(&session.folders()?);
            }
            None => {
                let lines = session.folders()?;
                if lines.is_empty() {
                    self.say(NO_FOLDERS);
                }
                self.print_folders(&lines);
            }
        }
        Ok(Outcome::Done)
    }

    fn print_folders(&self, lines: &[FolderLine]) {
        self.print_all(lines, &["PHOTOS", "PROBLEMS", "STATE", "RANK", "FOLDER"], &[0, 1, 3], |line| {
            vec![
                line.photos.to_string(),
                line.problems.to_string(),
                line.state.into(),
                line.rank.map(|rank| rank.to_string()).unwrap_or_default(),
                line.path.clone(),
            ]
        });
    }

    fn photos(&self, photos: &Photos) -> Result<Outcome, Failure> {
        let list = ListPhotos {
            sort: photos.sort.map_or_else(|| photos.filters.natural_sort(), Sort::from),
            limit: photos.limit,
            ..photos.filters.list()
        };
        let session = self.session()?;
        let lines = session.photos(&list)?;
        if lines.is_empty() {
            self.say(match list.is_everything() {
                false => "no photo is like that; see all of them: likeness photos",
                true if session.folders()?.is_empty() => NO_FOLDERS,
                true => "no photos yet; look into the source folders again: likeness scan",
            });
        }
        self.print_photos(&lines);
        Ok(Outcome::Done)
    }

    fn print_photos(&self, lines: &[PhotoLine]) {
        self.print_all(
            lines,
            &["ID", "TAKEN", "PIXELS", "FORMAT", "CAMERA", "RATING", "FILE"],
            &[0],
            |line| {
                vec![
                    line.id.to_string(),
                    line.taken.clone().unwrap_or_default(),
                    format!("{} x {}", line.width, line.height),
                    line.format.into(),
                    line.camera.clone().unwrap_or_default(),
                    "*".repeat(line.rating.into()),
                    line.path.clone(),
                ]
            },
        );
    }

    fn problems(&self) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let lines = session.problems()?;
        if lines.is_empty() {
            let no_folders = session.folders()?.is_empty();
            self.say(if no_folders {
                NO_FOLDERS
            } else {
                "no problems: every file that was read is a photo"
            });
        }
        self.print_all(&lines, &["STAGE", "FILE", "REASON"], &[], |line| {
            vec![line.stage.into(), line.path.clone(), line.reason.clone()]
        });
        Ok(Outcome::with_problems(lines.len() as u64))
    }

    fn similar(&self, similar: &Similar) -> Result<Outcome, Failure> {
        let ask = AskSimilar {
            like: similar.photos.clone(),
            less: similar.less.clone(),
            limit: similar.limit,
            metric: similar.metric,
            accuracy: if similar.exact { Accuracy::Exact } else { Accuracy::Quick },
            region: similar.region,
            model: similar.model.clone(),
        };
        let answer = self.session()?.similar(&ask)?;
        print_not_yet_findable(answer.not_yet_findable);
        if answer.not_yet_findable == 0 && answer.results.is_empty() {
            self.say("no photo looks like that; add more with: likeness add FOLDER");
        }
        self.print_all(&answer.results, &["ID", "SCORE", "DISTANCE", "WORD", "FILE"], &[0, 1, 2], |line| {
            vec![
                line.id.to_string(),
                format!("{:.3}", line.score),
                format!("{:.3}", line.distance),
                line.word.into(),
                line.path.clone(),
            ]
        });
        Ok(Outcome::Done)
    }

    fn clusters(&self, clusters: &Clusters) -> Result<Outcome, Failure> {
        let count = match clusters.count {
            ClusterCount::Auto => None,
            ClusterCount::Given(count) => Some(count),
        };
        let session = self.session()?;
        let lines = with_progress(self.show, |job| match clusters.save {
            true => session.save_clusters(job, count),
            false => session.clusters(job, count),
        })?;
        if lines.is_empty() {
            self.say("too few photos to be grouped; add more with: likeness add FOLDER");
        }
        self.print_clusters(&lines);
        Ok(Outcome::Done)
    }

    fn print_clusters(&self, lines: &[ClusterLine]) {
        self.print_all(lines, &["CLUSTER", "PHOTOS", "COVER", "NAME"], &[0, 1, 2], |line| {
            vec![line.cluster.to_string(), line.size.to_string(), line.cover.to_string(), line.name.clone()]
        });
    }

    fn goes_with(&self, goes_with: &GoesWith) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let find = |job: &_| session.goes_with(job, &goes_with.photo, goes_with.limit);
        let lines = with_progress(self.show, find)?;
        if lines.is_empty() {
            self.say("nothing is known to go with it");
        }
        self.print_all(&lines, &["ID", "SCORE", "FILE"], &[0, 1], |line| {
            vec![line.id.to_string(), format!("{:.3}", line.score), line.path.clone()]
        });
        Ok(Outcome::Done)
    }

    fn teach(&self, teach: &Teach) -> Result<Outcome, Failure> {
        let session = self.session()?;
        if teach.forget {
            session.forget_lesson()?;
            self.say("looks without what albums taught");
            return Ok(Outcome::Done);
        }
        let line = with_progress(self.show, |job| session.teach_eye(job))?;
        print_line(self.form, &line, || {
            let kept = if line.kept { "kept" } else { "not kept: not surely better" };
            format!(
                "{:.3} before, {:.3} after, of {} photos held out from {} albums; {kept}",
                line.before, line.after, line.held_out, line.albums
            )
        });
        Ok(Outcome::Done)
    }

    fn outliers(&self, outliers: &Outliers) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let lines = with_progress(self.show, |job| session.outliers(job, outliers.limit))?;
        if lines.is_empty() {
            self.say("no photo is unlike all others");
        }
        self.print_all(&lines, &["ID", "SCORE", "CAUSE", "FILE"], &[0, 1], |line| {
            vec![
                line.id.to_string(),
                format!("{:.3}", line.score),
                line.cause.unwrap_or_default().into(),
                line.path.clone(),
            ]
        });
        Ok(Outcome::Done)
    }

    fn map(&self, map: &Map) -> Result<Outcome, Failure> {
        let ask = AskMap {
            method: map.method,
            dims: map.dims,
            perplexity: map.perplexity,
            seed: map.seed,
            scope: if map.update { MapScope::Newcomers } else { MapScope::All },
            png: map.png.clone(),
        };
        let session = self.session()?;
        let answer = with_progress(self.show, |job| session.map(job, &ask))?;
        print_not_yet_findable(answer.not_yet_findable);
        if answer.not_yet_findable == 0 && answer.points.is_empty() {
            self.say("no photos to place; add some with: likeness add FOLDER");
        }
        self.print_all(&answer.points, &["ID", "X", "Y", "Z", "CLUSTER"], &[0, 1, 2, 3, 4], |line| {
            vec![
                line.id.to_string(),
                format!("{:.4}", line.x),
                format!("{:.4}", line.y),
                line.z.map(|z| format!("{z:.4}")).unwrap_or_default(),
                line.cluster.map(|cluster| cluster.to_string()).unwrap_or_default(),
            ]
        });
        Ok(Outcome::Done)
    }

    fn embed(&self, embed: &Embed) -> Result<Outcome, Failure> {
        let target = EmbedTarget {
            sources: embed.sources.clone(),
            out: embed.out.clone(),
            shard: embed.shard,
            model: embed.model.clone(),
        };
        let (line, problems) = with_progress(self.show, |job| likeness_api::embed(job, &target))?;
        print_unread(&problems);
        print_line(self.form, &line, || {
            format!(
                "{} pictures, {} numbers each, {:.1} pictures/s, {} problems; by {}",
                line.images, line.dimension, line.images_per_second, line.problems, line.model
            )
        });
        Ok(Outcome::with_problems(line.problems as u64))
    }

    fn eval(&self, eval: &Eval) -> Result<Outcome, Failure> {
        let target = EvalTarget {
            folder: eval.folder.clone(),
            against: eval.against.clone(),
            copies: eval.copies,
            distractors: eval.distractors.clone(),
            report: eval.report.clone(),
        };
        let (line, problems) = with_progress(self.show, |job| likeness_api::eval(job, &target))?;
        print_unread(&problems);
        print_line(self.form, &line, || evaluation(&line));
        Ok(Outcome::with_problems(line.problems as u64))
    }

    fn serve(&self, serve: &Serve) -> Result<Outcome, Failure> {
        let api = Arc::new(Api::open(&self.options)?);
        let runtime = tokio::runtime::Runtime::new().map_err(|error| no_server(&error))?;
        runtime.block_on(async {
            let server = Server::bind(serve.port).await.map_err(|error| no_server(&error))?;
            let line = ServeLine { url: server.url() };
            print_line(self.form, &line, || format!("Likeness is at {}", line.url));
            if serve.open {
                likeness_api::open_in_browser(&line.url)?;
            }
            tokio::select! {
                ended = server.run(api) => ended.map_err(|error| no_server(&error)),
                _ = tokio::signal::ctrl_c() => Ok(()),
            }
        })?;
        Ok(Outcome::Done)
    }

    fn models(&self, models: &Models) -> Result<Outcome, Failure> {
        let session = self.session()?;
        if let Some(ModelAction::Use { tag }) = &models.action {
            session.use_model(tag)?;
            self.say("the next scan looks at all photos again; until then the vectors that are there answer");
            return Ok(Outcome::Done);
        }
        let lines = session.models()?;
        self.print_all(&lines, &["STATE", "PHOTOS", "PER SECOND", "MODEL"], &[1, 2], |line| {
            let speed = format!("{:.0}", line.images_per_second);
            vec![line.state.into(), line.photos.to_string(), speed, line.tag.clone()]
        });
        Ok(Outcome::Done)
    }

    fn doctor(&self, doctor: &Doctor) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let repair = if doctor.repair { Repair::Yes } else { Repair::No };
        let lines = with_progress(self.show, |job| session.doctor(job, repair))?;
        self.print_all(&lines, &["STATE", "CHECK", "DETAIL"], &[], |line| {
            vec![line.state.into(), line.check.into(), line.detail.clone()]
        });
        let failed = lines.iter().any(|line| line.state == "failed");
        Ok(if failed { Outcome::Bad } else { Outcome::Done })
    }

    /// For a person at a terminal, where a verb has no result to print.
    fn say(&self, what: &str) {
        if (self.form, self.show) == (Form::Text, Show::OnTerminal) {
            print_aside(what);
        }
    }

    fn print_all<L: serde::Serialize>(
        &self,
        lines: &[L],
        heading: &[&str],
        right: &'static [usize],
        cells: impl Fn(&L) -> Vec<String>,
    ) {
        match self.form {
            Form::JsonLines => lines.iter().for_each(|line| print_line(self.form, line, String::new)),
            Form::Text if lines.is_empty() => {}
            Form::Text => {
                let mut table = Table::new(heading, right);
                lines.iter().for_each(|line| table.row(cells(line)));
                table.print();
            }
        }
    }
}

/// Answers by look leave these photos out.
fn print_not_yet_findable(photos: u64) {
    if photos > 0 {
        print_note(
            &format!("{photos} photos cannot be found by look yet"),
            "Let them be looked at: likeness scan",
        );
    }
}

/// Files that no library keeps a list of.
fn print_unread(problems: &[ProblemLine]) {
    for problem in problems {
        eprintln!("problem: {}: {}", printable(&problem.path), printable(&problem.reason));
    }
}

fn embeddings(no_embed: bool) -> WithEmbeddings {
    if no_embed { WithEmbeddings::No } else { WithEmbeddings::Yes }
}

fn no_server(error: &dyn std::error::Error) -> Failure {
    Failure {
        code: "noServer".into(),
        what: match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
        hint: Some("Choose another port with --port, or 0 for any free one.".into()),
    }
}

fn print_completions(completions: &Completions) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut Arguments::command(), "likeness", &mut script);
    print_text(String::from_utf8_lossy(&script).trim_end());
    Outcome::Done
}
