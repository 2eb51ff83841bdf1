use futures_util::future::BoxFuture;
use rstest::rstest;

use super::*;
use crate::api::{NotAllowed, Purpose};

#[derive(Default)]
struct Remembered(Mutex<HashMap<String, String>>);

impl Memory for Remembered {
    fn routes(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap().clone().into_iter().collect()
    }
    fn remember(&self, operation: &str, path: &str) {
        self.0.lock().unwrap().insert(operation.to_owned(), path.to_owned());
    }
    fn forget(&self, operation: &str) {
        self.0.lock().unwrap().remove(operation);
    }
    fn spend<'a>(&'a self, _: &'a str, _: Purpose) -> BoxFuture<'a, Result<(), NotAllowed>> {
        Box::pin(async { Ok(()) })
    }
}

const HOST: &str = "http://127.0.0.1:9/v4";
const CENTRE: &str = "/api/contactcenter/messages/send";
const MESSAGES: &str = "/api/messages/send";

fn routes(base: &str, memory: &Arc<Remembered>) -> Routes {
    Routes::new(BaseUrl::parse(base).unwrap(), memory.clone())
}

fn paths(routes: &Routes, operation: Operation, scheme: SchemeName) -> Vec<String> {
    routes.candidates(operation, scheme).into_iter().map(Route::full).collect()
}

fn remember(routes: &Routes, operation: Operation, scheme: SchemeName, path: &str) {
    let route = routes.by_path(operation, scheme, path).unwrap();
    routes.remember(operation, scheme, route);
}

#[rstest]
#[case::history(Operation::History, SchemeName::OAuth, &["/api/journal/requests", "/journal/requests", "/contactcenter/message"])]
#[case::history_of_a_number_key(
    Operation::History, SchemeName::NumberKey,
    &["/contactcenter/message", "/journal/requests", "/api/contactcenter/message", "/api/journal/requests"])]
#[case::numbers(Operation::PhoneNumbers, SchemeName::OAuth, &["/api/phonenumbers", "/phonenumbers"])]
#[case::counts(Operation::Counts, SchemeName::OAuth, &["/api/journal/requests/counts", "/journal/requests/counts"])]
#[case::token(Operation::Token, SchemeName::OAuth, &["/auth/token"])]
#[case::send_of_a_number_key(
    Operation::Send, SchemeName::NumberKey,
    &["/contactcenter/message/send", "/messages/send", "/contactcenter/messages/send",
      "/api/contactcenter/message/send", "/api/messages/send", "/api/contactcenter/messages/send"])]
fn tries_in_the_order_of_the_grades(
    #[case] operation: Operation,
    #[case] scheme: SchemeName,
    #[case] expected: &[&str],
) {
    assert_eq!(paths(&routes(HOST, &Arc::default()), operation, scheme), expected);
}

#[rstest]
#[case("https://ccapi.mightycall.com/v4", [CENTRE, MESSAGES])]
#[case(HOST, [CENTRE, MESSAGES])]
#[case("https://api.mightycall.com/v4", [MESSAGES, CENTRE])]
#[case("https://SANDBOX.mightycall.com/v4/API/", [MESSAGES, CENTRE])]
fn the_host_says_which_send_path_is_first(#[case] base: &str, #[case] first: [&str; 2]) {
    let all = paths(&routes(base, &Arc::default()), Operation::Send, SchemeName::OAuth);
    assert_eq!(all[..2], first);
    assert_eq!(all[2..], ["/messages/send", "/contactcenter/messages/send", "/contactcenter/message/send"]);
}

#[test]
fn the_prefix_that_answered_comes_first_and_the_token_shows_none() {
    let routes = routes(HOST, &Arc::default());
    let oauth = SchemeName::OAuth;
    remember(&routes, Operation::Token, oauth, "/auth/token");
    assert_eq!(paths(&routes, Operation::PhoneNumbers, oauth)[0], "/api/phonenumbers");
    assert!(routes.wants_ping(oauth), "a token tells nothing about the rest");
    remember(&routes, Operation::History, oauth, "/journal/requests");
    assert_eq!(paths(&routes, Operation::PhoneNumbers, oauth), ["/phonenumbers", "/api/phonenumbers"]);
    assert_eq!(paths(&routes, Operation::Send, oauth)[0], "/messages/send");
    remember(&routes, Operation::PhoneNumbers, oauth, "/api/phonenumbers");
    assert_eq!(paths(&routes, Operation::Send, oauth)[0], CENTRE);
    assert_eq!(paths(&routes, Operation::History, oauth)[0], "/journal/requests", "what was found stays first");
    assert!(!routes.wants_ping(oauth));
}

#[test]
fn a_number_key_shows_nothing_about_oauth() {
    let routes = routes(HOST, &Arc::default());
    remember(&routes, Operation::History, SchemeName::NumberKey, "/contactcenter/message");
    assert_eq!(paths(&routes, Operation::PhoneNumbers, SchemeName::OAuth)[0], "/api/phonenumbers");
    assert!(routes.wants_ping(SchemeName::OAuth) && !routes.wants_ping(SchemeName::NumberKey));
}

#[test]
fn a_ping_is_remembered_and_a_silent_one_not_repeated() {
    let memory = Arc::default();
    let first = routes(HOST, &memory);
    remember(&first, Operation::Ping, SchemeName::OAuth, "/ping");
    let second = routes(HOST, &memory);
    assert!(!second.wants_ping(SchemeName::OAuth));
    assert_eq!(paths(&second, Operation::Send, SchemeName::OAuth)[0], "/messages/send");

    let silent = routes(HOST, &Arc::default());
    silent.note_silence();
    assert!(!silent.wants_ping(SchemeName::OAuth));
}

#[test]
fn what_was_found_outlives_the_run_until_it_is_gone() {
    let memory: Arc<Remembered> = Arc::default();
    let first = routes(HOST, &memory);
    remember(&first, Operation::Send, SchemeName::OAuth, MESSAGES);

    let second = routes(HOST, &memory);
    assert_eq!(paths(&second, Operation::Send, SchemeName::OAuth)[..2], [MESSAGES, CENTRE]);
    assert_eq!(paths(&second, Operation::Send, SchemeName::OAuth).len(), 5);
    assert_ne!(paths(&second, Operation::Send, SchemeName::NumberKey)[0], MESSAGES);

    let route = second.by_path(Operation::Send, SchemeName::OAuth, MESSAGES).unwrap();
    second.forget(Operation::Send, SchemeName::OAuth, route);
    assert!(memory.0.lock().unwrap().is_empty());
    assert_eq!(paths(&routes(HOST, &memory), Operation::Send, SchemeName::OAuth)[0], CENTRE);
}

#[test]
fn strange_memories_are_passed_over() {
    let memory: Arc<Remembered> = Arc::default();
    memory.remember("send/oauth", "/admin/delete-everything");
    memory.remember("token/oauth", "/api/auth/token");
    memory.remember("telepathy", "/messages/send");
    let routes = routes(HOST, &memory);
    assert_eq!(paths(&routes, Operation::Send, SchemeName::OAuth)[0], CENTRE);
    assert_eq!(paths(&routes, Operation::Token, SchemeName::OAuth), ["/auth/token"]);
}

#[rstest]
#[case(CENTRE, Some(MESSAGES))]
#[case(MESSAGES, Some(CENTRE))]
#[case("/messages/send", Some("/contactcenter/messages/send"))]
#[case("/contactcenter/message/send", None)]
fn the_send_paths_of_the_description_are_a_pair(#[case] path: &str, #[case] sister: Option<&str>) {
    let routes = routes(HOST, &Arc::default());
    let route = routes.by_path(Operation::Send, SchemeName::OAuth, path).unwrap();
    assert_eq!(route.sister().map(Route::full).as_deref(), sister);
}
