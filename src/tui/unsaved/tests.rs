use super::*;
use crate::config::{Environment, Places};

fn number() -> Address {
    Address::parse("+12025550101").unwrap()
}

fn dana() -> Contact {
    Contact { address: Address::parse("+12025550147").unwrap(), name: Some("Dana".to_owned()) }
}

fn save(text: &str) -> Effect {
    Effect::SaveDraft { number: number(), contact: dana(), text: text.to_owned() }
}

fn send(ticket: u64, body: &str) -> Effect {
    Effect::Send { ticket: Ticket(ticket), number: number(), contact: dana(), body: body.to_owned() }
}

fn draft(text: &str) -> UnsentText {
    UnsentText::Draft { number: number(), contact: dana(), text: text.to_owned() }
}

fn files(home: &tempfile::TempDir) -> usize {
    std::fs::read_dir(home.path().join("state")).map_or(0, Iterator::count)
}

fn begin() -> (tempfile::TempDir, Unsaved) {
    let home = tempfile::tempdir().unwrap();
    let folders = RescueFolders::new(&Places::under(home.path()), &Environment::default());
    (home, Unsaved::new(folders))
}

fn missed(unsaved: &Unsaved) -> Vec<UnsentText> {
    unsaved.inner().missed()
}

#[test]
fn only_what_is_saved_as_it_is_now_counts_as_saved() {
    let (_home, unsaved) = begin();
    unsaved.note(&save("one"));
    unsaved.note(&save("one two"));
    let desk = (number(), dana().address);
    unsaved.saved_draft(&desk, "one");
    assert_eq!(missed(&unsaved), [draft("one two")]);
    unsaved.saved_draft(&desk, "one two");
    assert!(unsaved.is_empty());
    unsaved.note(&save(" \n"));
    assert!(unsaved.is_empty(), "blanks are nothing to miss");
}

#[test]
fn a_text_on_its_way_to_the_outbox_counts_until_it_is_there() {
    let (_home, unsaved) = begin();
    unsaved.note(&save("See you"));
    unsaved.note(&send(1, "See you"));
    assert_eq!(missed(&unsaved), [draft("See you")], "once, not twice");
    unsaved.note(&save("And bring the key"));
    assert_eq!(missed(&unsaved), [draft("See you\nAnd bring the key")]);
    unsaved.queued(Ticket(1));
    assert_eq!(missed(&unsaved), [draft("And bring the key")]);
    unsaved.note(&send(2, "And bring the key"));
    unsaved.note(&save("Bye"));
    unsaved.not_queued(Ticket(2));
    assert_eq!(missed(&unsaved), [draft("And bring the key\nBye")]);
}

#[test]
fn the_rescue_file_goes_when_all_is_saved_after_all() {
    let (home, unsaved) = begin();
    assert_eq!(unsaved.report(), Leaving::Saved);
    unsaved.note(&save("one"));
    unsaved.failed("the disk is full".to_owned());
    let Leaving::NotSaved(told) = unsaved.report() else { panic!("it is not saved") };
    assert_eq!((told.texts.as_slice(), told.why.as_str()), ([draft("one")].as_slice(), "the disk is full"));
    assert!(told.rescue.unwrap().exists());
    unsaved.note(&save("one two"));
    let Leaving::NotSaved(told) = unsaved.report() else { panic!("it is not saved") };
    assert!(told.rescue.unwrap().exists() && files(&home) == 1, "the older one is gone");
    unsaved.saved_draft(&(number(), dana().address), "one two");
    assert_eq!(files(&home), 0);
}

#[test]
fn what_a_person_was_told_of_at_the_end_stays() {
    let (home, unsaved) = begin();
    unsaved.note(&save("one"));
    assert!(unsaved.may_queue());
    let end = unsaved.at_end().unwrap();
    let words = end.words();
    let path = end.rescue.unwrap();
    assert!(words.contains(path.to_str().unwrap()) && words.contains("your text to Dana"), "{words}");
    assert!(!words.contains("one"), "the text itself is in the file alone: {words}");
    assert!(unsaved.at_end().is_none(), "once");
    assert!(!unsaved.may_queue(), "else it would be in two places");
    unsaved.saved_draft(&(number(), dana().address), "one");
    assert_eq!(files(&home), 1);
}

#[test]
fn where_no_file_can_be_written_the_text_is_told() {
    let end = AtEnd { texts: vec![draft("Hello\u{1b}[31m Dana")], rescue: Err("/state: no room".to_owned()) };
    let words = end.words();
    assert!(words.contains("Hello") && words.contains("no room") && !words.contains('\u{1b}'), "{words}");
}

#[test]
fn the_demo_leaves_nothing() {
    let (home, unsaved) = begin();
    unsaved.give_up();
    unsaved.note(&save("one"));
    assert_eq!(unsaved.report(), Leaving::Saved);
    assert!(unsaved.at_end().is_none() && files(&home) == 0);
}
