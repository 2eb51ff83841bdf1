//! Everything the program does, as talkative as it can be, and then a hunt for keys in all that is left behind.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::common::fictional;
use crate::common::program::{Program, Run, private};
use crate::common::pty::Pty;
use crate::hunt::Haystack;
use crate::service::{API_KEY, Mode, NUMBER_KEYS, NUMBERS, Service, Spelling, USER_KEY};

const LOUD: [(&str, &str); 2] = [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")];
const TYPED: &str = "demo-Typed/3xV+aTjU6nQsYe1L";
const WRONG: &str = "demo-Wrong/9wE+bRkI4mPzXc7A";
const F4: &str = "\x1bOS";

/// Runs, and keeps what was printed.
struct Scribe {
    program: Program,
    haystack: Haystack,
}

impl Scribe {
    async fn run(&mut self, arguments: &[&str], input: &str) -> Run {
        let loud = [arguments, &["-vvv"]].concat();
        let run = self.program.run_with(&loud, input.as_bytes()).await;
        self.haystack.add_run(&arguments.join(" "), &run);
        run
    }
}

/// Numbers with their keys, as a person hands them over.
fn setup_file(folder: &Path) -> PathBuf {
    let numbers = NUMBERS.iter().zip(NUMBER_KEYS);
    let entries: Vec<_> =
        numbers.map(|(number, key)| json!({"phone_number": number, "label": "Line", "mighty_call_key": key})).collect();
    let path = folder.join("numbers.json");
    std::fs::write(&path, json!({ "numbers": entries }).to_string()).unwrap();
    private(&path);
    path
}

/// A command that gives the user key and writes down what could be seen of it and of us meanwhile.
fn user_key_command(folder: &Path) -> String {
    let key = folder.join("user.key");
    std::fs::write(&key, USER_KEY).unwrap();
    let script = folder.join("give.sh");
    let seen = folder.join("seen");
    std::fs::create_dir_all(&seen).unwrap();
    let text = format!(
        "cat /proc/$$/environ > '{seen}/environ'\ncat /proc/$$/cmdline /proc/$PPID/cmdline > '{seen}/cmdline'\n\
         cat '{key}' >&2\ncat '{key}'\n",
        seen = seen.display(),
        key = key.display(),
    );
    std::fs::write(&script, text).unwrap();
    format!("user_key.command = [\"sh\", \"{}\"]", script.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_tells_a_key() {
    let service = Service::start().await;
    service.emulator.receive(&fictional(47), &service.emulator.numbers()[0].address, "Is my fence done?");
    let outside = tempfile::tempdir().unwrap();
    let mut program = crate::private_home().with("MIGHTYCALL_BASE_URL", &service.base);
    for (name, value) in LOUD {
        program = program.with(name, value);
    }
    let mut scribe = Scribe { program: program.with("MIGHTYCALL_API_KEY", API_KEY), haystack: Haystack::default() };
    let settings = format!("[account]\n{}\n", user_key_command(outside.path()));
    scribe.program.configure(&settings);

    // the numbers' own keys first, then the user key alone
    let file = setup_file(outside.path());
    scribe.run(&["numbers", "import", file.to_str().unwrap()], "").await.says(0, "");
    works(&mut scribe).await;
    scribe.run(&["keys", "forget", NUMBERS[1]], "").await.says(0, "");
    scribe.run(&["numbers", "set-default", NUMBERS[1]], "").await.says(0, "");
    works(&mut scribe).await;
    service.emulator.expire_tokens();
    scribe.run(&["sync"], "").await.says(0, "");
    throws_back(&mut scribe, &service).await;
    service.behave(Mode::Work);
    refuses(&mut scribe).await;
    broken_settings(&mut scribe).await;
    on_the_screen(&mut scribe, &service);

    // keys are in the settings and tokens in files of their own, for their owner alone
    scribe.haystack.add_folder(scribe.program.home.path(), &["config.toml", "tokens"]);
    for token in std::fs::read_dir(scribe.program.home.path().join("state/tokens")).unwrap() {
        let mode = std::os::unix::fs::PermissionsExt::mode(&token.unwrap().metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "a token is its owner's alone");
    }
    scribe.haystack.add_folder(&outside.path().join("seen"), &[]);
    let names = scribe.haystack.names().join("\n");
    for part in ["mctui.log", "mctui.db", "mctui.db-wal", "seen/environ", "seen/cmdline", "screen"] {
        assert!(names.contains(part), "{part} was to be looked at:\n{names}");
    }
    assert!(!scribe.haystack.with("Is my fence done?").is_empty(), "the hunt finds what is there");
    assert!(scribe.haystack.with("/journal/requests").iter().any(|name| name.contains("mctui.log")), "the log is loud");
    let mut secrets = service.secrets();
    assert!(secrets.len() >= 8, "tokens were given: {secrets:?}");
    secrets.extend([TYPED, WRONG].map(str::to_owned));
    scribe.haystack.has_none_of(&secrets);
}

async fn works(scribe: &mut Scribe) {
    scribe.run(&["sync"], "").await.says(0, "");
    scribe.run(&["send", "--to", "2025550147", "It is."], "").await.says(0, "");
    for arguments in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["numbers", "list", "--json"],
        &["numbers", "discover"],
        &["keys", "list"],
        &["keys", "list", "--json"],
        &["messages", "2025550147"],
    ] {
        scribe.run(arguments, "").await.says(0, "");
    }
}

/// The service throws keys and tokens back, whole, in halves, and as encodings spell them.
async fn throws_back(scribe: &mut Scribe, service: &Service) {
    let spellings =
        [Spelling::Whole, Spelling::FirstHalves, Spelling::LastHalves, Spelling::Base64, Spelling::Form].into_iter();
    for (place, spelling) in spellings.enumerate() {
        let (status, html) = [(400, false), (401, true), (403, false), (422, true), (302, false)][place];
        service.behave(Mode::Echo { status, html, spelling });
        let sync = scribe.run(&["sync"], "").await;
        assert!(sync.code != 0 && sync.out.contains("[…]"), "{status}: {sync:?}");
        let send = scribe.run(&["send", "--from", NUMBERS[0], "--no-wait", "--to", "2025550148", "Hello"], "").await;
        assert_eq!(send.code, 0, "{send:?}");
        let doctor = scribe.run(&["doctor"], "").await;
        assert!(doctor.code != 0 && doctor.out.contains("[…]"), "{status}: {doctor:?}");
    }
}

/// What a person gets wrong with a key in their hand.
async fn refuses(scribe: &mut Scribe) {
    let broken = format!("{} {}", &WRONG[..13], &WRONG[13..]);
    scribe.run(&["keys", "set", "user"], WRONG).await.says(2, "comes from the command");
    scribe.run(&["keys", "set", "api"], &format!("{WRONG}\n{WRONG}")).await.says(2, "line break");
    scribe.run(&["keys", "set", NUMBERS[1]], &broken).await.says(2, "blank");
    scribe.run(&["numbers", "add", "2025550103"], &broken).await.says(2, "blank");
    scribe.run(&["keys", "set", "api", "--keyring"], WRONG).await.says(5, "no keyring");
    let file = format!("{{\"numbers\":[{{\"phone_number\":\"2025550104\",\"mighty_call_key\":[\"{WRONG}\"]}}]}}");
    scribe.run(&["numbers", "import", "-"], &file).await.says(2, "set-up file");
}

/// Settings that are broken on the very line that has the key.
async fn broken_settings(scribe: &mut Scribe) {
    let good = std::fs::read_to_string(scribe.program.config_file()).unwrap();
    for line in [
        format!("api_key = \"{WRONG}"),
        format!("api_key = {WRONG}"),
        format!("api_key = \"{WRONG}\" \"{WRONG}\""),
        format!("api_key = [\"{WRONG}\"]"),
        format!("scheme = \"{WRONG}\""),
        format!("\"{WRONG}\" = 1"),
        format!("api_key = \"{WRONG} {WRONG}\""),
        format!("api_key.command = [\"sh\", \"-c\", \"echo {WRONG} {WRONG}; echo {WRONG} >&2; exit 1\"]"),
        WRONG.to_owned(),
    ] {
        scribe.program.configure(&format!("[account]\n{line}\n"));
        let quiet = std::mem::replace(&mut scribe.program, Program::bare());
        scribe.program = quiet.without("MIGHTYCALL_API_KEY");
        for arguments in [&["sync"][..], &["doctor"]] {
            let run = scribe.run(arguments, "").await;
            assert!(run.code != 0, "{line}: {run:?}");
        }
        let loud = std::mem::replace(&mut scribe.program, Program::bare());
        scribe.program = loud.with("MIGHTYCALL_API_KEY", API_KEY);
    }
    scribe.program.configure(&good);
}

/// The client in a terminal: the settings opened, a key typed in and saved, then killed so that nothing is tidied up.
fn on_the_screen(scribe: &mut Scribe, service: &Service) {
    let environment =
        [("MIGHTYCALL_BASE_URL", service.base.as_str()), ("MIGHTYCALL_API_KEY", API_KEY), LOUD[0], LOUD[1]];
    let mut client = Pty::mctui(&["-vvv"], scribe.program.home.path(), &environment, 40, 120);
    let mut look = |client: &Pty| scribe.haystack.add("the screen", client.screen());
    client.wait("conversations", |screen| screen.contains("You: It is.") && screen.contains("synced"));
    look(&client);
    client.keys(F4);
    client.wait_for("from the command sh");
    look(&client);
    client.keys("c\t");
    client.wait_for("comes from the command sh");
    client.keys(TYPED);
    client.wait("it hidden", |screen| screen.contains(&"•".repeat(TYPED.len())));
    look(&client);
    client.keys("\r");
    client.wait_for("saved");
    look(&client);
    client.signal("KILL");
    client.ended();
    scribe.haystack.add("all that went to the screen", client.raw());
    let settings = std::fs::read_to_string(scribe.program.config_file()).unwrap();
    assert!(settings.contains(&format!("user_key = \"{TYPED}\"")), "{settings}");
}
