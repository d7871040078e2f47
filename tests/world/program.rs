//! The program `likeness` in a process of its own: a copy of the test program that does what `likeness` would do, so
//! that it is never an older one.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::thread;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;

const AS_PROGRAM: &str = "LIKENESS_TESTS_AS_PROGRAM";

/// Becomes a decoding worker or the program, if this process was started as one. To be called first in `main`.
pub fn run_program_if_asked() -> Option<ExitCode> {
    likeness_library::run_worker_if_asked();
    std::env::var_os(AS_PROGRAM).map(|_| likeness_cli::main())
}

/// The command line of one run.
pub struct Program(Command);

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// All results.
    pub stdout: String,
    /// All that was said besides.
    pub stderr: String,
}

impl Program {
    /// `likeness --library FOLDER`.
    pub fn on(library: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program has a place"));
        command.env(AS_PROGRAM, "1").env_remove("LIKENESS_LIBRARY").arg("--library").arg(library);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    /// With a variable of the environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    /// More arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.0.args(arguments);
        self
    }

    /// Its results go there.
    pub fn results_to(mut self, file: File) -> Self {
        self.0.stdout(file);
        self
    }

    /// Runs to the end.
    pub fn run(mut self) -> Ran {
        let output = self.0.output().expect("started");
        Ran {
            code: output.status.code().expect("ended by itself"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Runs to the end, with a terminal for all that is no result.
    pub fn run_on_terminal(mut self) -> Ran {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&terminal).expect("granted");
        unlockpt(&terminal).expect("unlocked");
        let name = ptsname(&terminal, Vec::new()).expect("its name");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let screen = rustix::fs::open(&name, flags, Mode::empty()).expect("opened");
        let child = self.0.stderr(screen).spawn().expect("started");
        // The child has the only end now: when it closes, reading ends, with an error.
        drop(self);
        let shown = thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = File::from(terminal).read_to_end(&mut bytes);
            String::from_utf8(bytes).expect("text")
        });
        let output = child.wait_with_output().expect("ended");
        Ran {
            code: output.status.code().expect("ended by itself"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: shown.join().expect("read"),
        }
    }

    /// Starts it, and lets it run. Its errors are this program's.
    pub fn start(mut self) -> Running {
        let mut child = self.0.stderr(Stdio::inherit()).spawn().expect("started");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Running { child, lines }
    }
}

impl Ran {
    /// The results, each of them one JSON object.
    pub fn objects(&self) -> Vec<Value> {
        let object = |line: &str| {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
            assert!(value.is_object(), "{line}");
            value
        };
        self.stdout.lines().map(object).collect()
    }

    /// The only result.
    pub fn object(&self) -> Value {
        let mut objects = self.objects();
        assert_eq!(objects.len(), 1, "{self:?}");
        objects.remove(0)
    }

    /// The run itself, after a look at its exit code.
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

/// A run that goes on; dropped, it is killed.
pub struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// The next result. Waits for it.
    pub fn next_line(&mut self) -> String {
        self.lines.next().expect("a further line").expect("text")
    }

    /// Whether it has not ended by itself.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// Ends it at once, as a loss of power or the system's memory killer does.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Asks it to end, as Ctrl+C does; its exit code.
    pub fn interrupt(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().expect("sent").success());
        self.child.wait().expect("ended").code().expect("ended by itself")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
