//! The server on loopback, asked as browsers, other sites and programs may ask: with plain requests over TCP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;

use libtest_mimic::Trial;
use likeness_tests::world::{World, eventually, photo, snapshot, test};
use serde_json::{Value, json};

pub fn trials() -> Vec<Trial> {
    vec![
        test("who may ask", who_may_ask),
        test("addresses that climb", addresses_that_climb),
        test("a clean-up tells how far it is and is cancelled", a_cancelled_cleanup),
    ]
}

struct Served {
    world: World,
    _running: likeness_tests::world::Running,
    address: String,
    token: String,
    cookie: String,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Served {
    /// A library with one photo, number 1.
    fn new() -> Self {
        Self::of(World::with_photos(1))
    }

    fn of(world: World) -> Self {
        world.program().args(["add", "--no-embed"]).arg(world.photos()).run().ends_with(0);
        // Its trash lies beside it.
        let home = world.beside("home");
        let mut running = world.program().env("XDG_DATA_HOME", home).args(["--json", "serve"]).start();
        let line: Value = serde_json::from_str(&running.next_line()).expect("JSON");
        let url = line["url"].as_str().expect("a url");
        let rest = url.strip_prefix("http://").expect("plain HTTP");
        let (address, token) = rest.split_once("/?token=").expect("a token");
        assert!(address.starts_with("127.0.0.1:") && token.len() >= 32, "{url}");
        let (address, token) = (address.to_owned(), token.to_owned());
        let mut served = Self { world, _running: running, address, token, cookie: String::new() };
        let welcome = served.get(&format!("/?token={}", served.token), &[]);
        assert_eq!(welcome.status, 303);
        let cookie = welcome.header("set-cookie").expect("a cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        served.cookie = cookie.split(';').next().expect("a name and a value").to_owned();
        served
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str(&format!("Host: {}\r\n", self.address));
        }
        headers.iter().for_each(|(name, value)| request.push_str(&format!("{name}: {value}\r\n")));
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).expect("asked");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(answer[..end].to_vec()).expect("text");
        let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
        Answer { status, head, body: answer[end + 4..].to_vec() }
    }

    /// The answer to a request.
    fn call(&self, request: &Value) -> Value {
        let answer = self.ask("POST", "/api/call", &self.with_cookie(&[JSON]), &request.to_string());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).expect("JSON")
    }

    /// What the server tells from now on.
    fn events(&self) -> impl Iterator<Item = Value> {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let (host, cookie) = (&self.address, &self.cookie);
        let request = format!("GET /api/events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("asked");
        let lines = BufReader::new(stream).lines().map(|line| line.expect("text"));
        lines.filter_map(|line| Some(serde_json::from_str(line.strip_prefix("data:")?).expect("JSON")))
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers, "")
    }

    fn with_cookie<'a>(&'a self, headers: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [&[("Cookie", self.cookie.as_str())], headers].concat()
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{name}:"));
        self.head.lines().find(named).and_then(|line| line.split_once(": ")).map(|(_, value)| value)
    }
}

const STATE: &str = r#"{"command":"libraryState"}"#;
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn who_may_ask() {
    let served = Served::new();
    let own_origin = format!("http://{}", served.address);
    let call = |headers: &[(&str, &str)]| served.ask("POST", "/api/call", headers, STATE);
    let welcome = call(&served.with_cookie(&[JSON, ("Origin", &own_origin)]));
    assert_eq!(welcome.status, 200, "{}", welcome.head);
    let state: Value = serde_json::from_slice(&welcome.body).expect("JSON");
    assert_eq!(state["photos"], 1);
    let thumbnail = eventually("a thumbnail", || {
        let answer = served.get("/thumb/1/256", &served.with_cookie(&[]));
        (answer.status == 200).then_some(answer)
    });
    assert_eq!(thumbnail.header("content-type"), Some("image/jpeg"));
    assert!(thumbnail.body.starts_with(&[0xff, 0xd8]));
    assert_eq!(thumbnail.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(thumbnail.header("cross-origin-resource-policy"), Some("same-origin"));

    let paths = ["/", "/thumb/1/256", "/picture/1/full", "/api/events", "/index.html", "/nothing"];
    let port = served.address.split(':').nth(1).expect("a port");
    let wrong_cookie = format!("likeness-{port}=0123456789abcdef0123456789abcdef");
    let foreign_host = format!("evil.test:{port}");
    let refused: [(u16, Vec<(&str, &str)>); 8] = [
        (401, vec![]),
        (401, vec![("Cookie", &wrong_cookie)]),
        (401, vec![("Authorization", &served.token)]),
        (403, served.with_cookie(&[("Host", &foreign_host)])),
        (403, served.with_cookie(&[("Host", "localhost")])),
        (403, served.with_cookie(&[("Origin", "http://evil.test")])),
        (403, served.with_cookie(&[("Origin", "null")])),
        (403, served.with_cookie(&[("Sec-Fetch-Site", "cross-site")])),
    ];
    for (status, headers) in &refused {
        for path in paths {
            let answer = served.get(path, headers);
            assert_eq!(answer.status, *status, "{path} with {headers:?}");
            assert!(answer.header("access-control-allow-origin").is_none());
        }
        let answer = call(&[headers.as_slice(), &[JSON]].concat());
        assert_eq!(answer.status, *status, "a call with {headers:?}");
        let preflight = served.ask("OPTIONS", "/api/call", headers, "");
        assert_eq!(preflight.status, *status, "a preflight with {headers:?}");
    }
    // The token opens the first page only, and only whole.
    assert_eq!(served.get(&format!("/thumb/1/256?token={}", served.token), &[]).status, 401);
    assert_eq!(served.get(&format!("/?token={}", &served.token[1..]), &[]).status, 401);
    let page = served.get("/", &served.with_cookie(&[]));
    if page.status == 200 {
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    }
}

fn addresses_that_climb() {
    let served = Served::new();
    let secret = served.world.beside("secret.txt");
    std::fs::write(&secret, "a secret of the person").expect("written");
    let inside = served.world.photos().display().to_string();
    let paths = [
        "/thumb/%2e%2e%2f%2e%2e%2fsecret.txt/256".to_owned(),
        "/thumb/../../secret.txt".into(),
        "/thumb/1%2f..%2f..%2fsecret.txt/256".into(),
        "/picture/..%5c..%5csecret.txt/full".into(),
        "/picture/1/%2e%2e%2fsecret.txt".into(),
        "/../secret.txt".into(),
        "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/Cargo.toml".into(),
        "/assets/../../../Cargo.toml".into(),
        "/%2fetc%2fpasswd".into(),
        "//etc/passwd".into(),
        format!("/{}", secret.display()),
        format!("{inside}/0.jpg"),
        "/query-picture/..%2fsecret.txt".into(),
        "/thumb/1/256/../../secret.txt".into(),
        "/thumb/99999999999999999999/256".into(),
        "/thumb/-1/256".into(),
        "/thumb/1/0x100".into(),
    ];
    for path in paths {
        let answer = served.get(&path, &served.with_cookie(&[]));
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.head);
        let body = String::from_utf8_lossy(&answer.body);
        for told in ["a secret", "root:", "[workspace]"] {
            assert!(!body.contains(told), "{path} told {told}");
        }
    }
    // Ids, not paths: what is asked about a place is asked by number.
    let call = |body: &str| served.ask("POST", "/api/call", &served.with_cookie(&[JSON]), body).status;
    assert_eq!(call(r#"{"command":"photo","photo":1}"#), 200);
    assert_eq!(call(r#"{"command":"photo","photo":"../1"}"#), 422);
    assert_eq!(call(r#"{"command":"photo","photo":77}"#), 404);
    assert_eq!(call(r#"{"command":"readFile","path":"/etc/passwd"}"#), 422);
    assert_eq!(call(r#"{"command":"addFolder","path":"relative"}"#), 422);
}

fn a_cancelled_cleanup() {
    const PAIRS: u64 = 60;
    let world = World::with_photos(PAIRS);
    (0..PAIRS).for_each(|seed| _ = world.write(format!("copies/{seed}.jpg"), &photo(seed)));
    let before = snapshot(&world.photos());
    let served = Served::of(world);
    let ask = json!({ "alike": "usual", "among": "everything", "between": [], "until": "copies" });
    let groups = served.call(&json!({ "command": "duplicateGroups", "ask": ask, "from": 0, "count": 100 }));
    let groups = groups.as_array().expect("groups");
    let seen = |member: &Value| json!({ "file": member["file"], "photo": member["photo"]["id"] });
    let choice =
        |group: &Value| json!({ "goes": seen(&group["members"][0]), "stays": seen(&group["keeper"]) });
    let choices: Vec<Value> = groups.iter().map(choice).collect();
    assert_eq!(choices.len() as u64, PAIRS);

    let events = served.events();
    let clean_up = json!({ "command": "cleanUp", "choices": choices, "passOn": true, "kept": [] });
    let report = thread::scope(|threads| {
        let cleaning = threads.spawn(|| served.call(&clean_up));
        let activities =
            events.filter(|event| event["event"] == "activity").map(|mut event| event["activity"].take());
        let told =
            activities.into_iter().find(|now| now["stage"] == "trash" && now["done"].as_u64() > Some(0));
        let told = told.expect("the stream goes on");
        assert_eq!((&told["state"], &told["total"]), (&json!("working"), &json!(PAIRS)), "{told}");
        served.call(&json!({ "command": "cancelWork" }));
        cleaning.join().expect("answered")
    });
    let [files, left] = ["files", "left"].map(|name| report[name].as_u64().expect("a number"));
    assert!(report["stopped"].is_string() && files > 0 && left > 0 && files + left == PAIRS, "{report}");
    assert_eq!(snapshot(&served.world.photos()).len() as u64, 2 * PAIRS - files);
    let idle = eventually("rest", || {
        let state = served.call(&json!({ "command": "libraryState" }));
        (state["activity"]["stage"] != "trash").then_some(state)
    });
    assert_eq!(idle["undo"], "cleanUp", "{idle}");
    served.call(&json!({ "command": "undo" }));
    assert_eq!(snapshot(&served.world.photos()), before);
}
