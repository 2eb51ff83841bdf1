//! Writing with help: look-alikes, emoji, snippets, another editor, several people.

use mctui::config::Places;
use mctui::emulator::Dialect;
use mctui::tui::message::{Msg, TerminalAsk, Typed};

use super::common::{Rig, fictional};
use super::runner::{Runner, desk};

async fn writing(rig: &Rig) -> Runner {
    let mut client = Runner::start(rig, &Dialect::v4()).await;
    client.synced().await;
    client.wait_for_content("Is my appointment still on?").await;
    client.press("enter");
    client.wait("the compose box", |screen| screen.contains("Enter send")).await;
    client
}

/// The texts that were posted, with whom they went to, in the order of the latter.
async fn posted(client: &mut Runner, rig: &Rig, count: usize) -> Vec<(String, String)> {
    client.wait("the posts", |_| rig.emulator.posts().len() >= count).await;
    let mut out: Vec<_> = rig.emulator.posts().into_iter().map(|post| (post.to.concat(), post.text)).collect();
    out.sort();
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn look_alikes_and_emoji_on_the_way_out() {
    let rig = desk(Dialect::v4()).await;
    let mut client = writing(&rig).await;
    client.write("It’s fine — see you at 10:30");
    client.wait_for_content("UCS-2: curly ’ and 1 more · Alt-R: GSM-7").await;
    client.press("alt-r");
    client.wait_for_content("Replaced ’ by ', — by -: GSM-7 instead of UCS-2, 1 segment either way").await;
    client.wait_for_content("GSM-7").await;
    client.write(" :tad");
    client.wait_for_content(":tada:").await;
    client.press("tab");
    // a wide character takes two cells
    client.wait_for_content("UCS-2 because of “🎉").await;
    client.press("alt-z");
    client.press("alt-z");
    client.write(":smile:");
    client.press("enter");
    assert_eq!(posted(&mut client, &rig, 1).await[0].1, "It's fine - see you at 10:30 😄");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_of_the_editor() {
    let rig = desk(Dialect::v4()).await;
    let mut client = writing(&rig).await;
    client.write("one two.three four");
    for (keys, box_says) in [
        ("ctrl-w", "one two.three │"),
        ("ctrl-y", "one two.three four"),
        ("alt-backspace", "one two.three │"),
        ("alt-z", "one two.three four"),
        ("alt-b ctrl-u", "four"),
        ("ctrl-y ctrl-e ctrl-a alt-f ctrl-k", "one │"),
        ("ctrl-_", "one two.three four"),
        ("alt-< alt-d", " two.three four"),
        ("ctrl-_ alt-> ctrl-left ctrl-right backspace", "one two.three fou"),
    ] {
        keys.split(' ').for_each(|key| client.press(key));
        let wanted = box_says.replace('│', "").trim().to_owned();
        client
            .wait(keys, |screen| {
                let shown = screen.rsplit("├ To ").next().and_then(|below| below.lines().nth(1)).unwrap_or_default();
                let shown = shown.rsplit_once("││").map_or("", |(_, text)| text).trim_end_matches('│').trim();
                shown == wanted
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_is_asked_about_before_it_goes_out() {
    let rig = desk(Dialect::v4()).await;
    let mut client = writing(&rig).await;
    client.write("Hi {name}, see you");
    client.press("enter");
    client.wait_for_content("{name} is not filled in. Enter again sends it as it is").await;
    assert!(rig.emulator.posts().is_empty());
    client.write("Dana");
    client.press("enter");
    assert_eq!(posted(&mut client, &rig, 1).await[0].1, "Hi Dana, see you");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snippet_is_made_used_changed_and_deleted() {
    let rig = desk(Dialect::v4()).await;
    let file = Places::under(rig.home.path()).snippets_file();
    let mut client = writing(&rig).await;
    client.write("See you at {hour}. {business}");
    client.press("ctrl-t");
    client.wait_for_content("There are none yet").await;
    client.press("alt-a");
    client.write("Seeing");
    client.press("enter");
    client.press("enter");
    client.wait_for_content("“Seeing” is kept").await;
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("# Snippets for"));
    client.press("esc");
    client.press("ctrl-u");
    client.press("ctrl-t");
    client.write("seei");
    client.wait_for_content("See you at {hour}. Line 1").await;
    client.press("enter");
    // tab would go on; the first blank waits to be written over
    client.write("3 pm");
    client.wait("the text", |screen| screen.contains("See you at 3 pm. Line 1")).await;

    // a person's own change is there at the next opening, and stays beside what the client writes
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n# by hand\n[[snippet]]\nname = \"Hand\"\ntext = \"made\"\n")).unwrap();
    client.press("ctrl-t");
    client.wait("both", |screen| screen.contains("Seeing") && screen.contains("Hand")).await;
    client.press("alt-e");
    client.write(" Bye.");
    client.press("enter");
    client.wait("the change on the screen", |screen| screen.contains("Bye.") && screen.contains("Hand")).await;
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("{business} Bye.") && text.contains("# by hand"), "{text}");
    client.press("alt-x");
    client.wait_for_content("Delete “Seeing”?").await;
    client.press("y");
    client.wait("it gone", |screen| !screen.contains("Seeing")).await;
    assert!(!std::fs::read_to_string(&file).unwrap().contains("Seeing"));

    std::fs::write(&file, "[[snippet]]\nname = \"Hand\"\ntxt = \"made\"\n").unwrap();
    client.press("esc");
    client.press("ctrl-t");
    client.wait_for_content("line 3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_editor_takes_the_text_and_brings_it_back() {
    let rig = desk(Dialect::v4()).await;
    let mut client = writing(&rig).await;
    client.write("Dear customer");
    client.wait_for_content("13/160").await;
    client.press("ctrl-g");
    let mut asked = Vec::new();
    while asked.is_empty() {
        client.session.turn().await.unwrap();
        asked = client.session.asked();
    }
    assert_eq!(asked, [TerminalAsk::Edit("Dear customer".to_owned())]);
    client.keys.send(Msg::Edited(Typed(Ok("Dear customer,\nyes, it is.\n".to_owned())))).unwrap();
    client.wait_for_content("yes, it is.").await;
    client.press("enter");
    assert_eq!(posted(&mut client, &rig, 1).await[0].1, "Dear customer,\nyes, it is.");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_people_one_by_one() {
    let rig = desk(Dialect::v4()).await;
    let mut client = writing(&rig).await;
    client.press("ctrl-n");
    client.wait_for_content("New message").await;
    client.keys.send(Msg::paste("(202) 555-0147, 202-555-0162\n202.555.0133, nonsense")).unwrap();
    client.wait_for_content("3 added; not added, neither a number nor a contact: “nonsense”").await;
    // what is no number stays to be corrected, or taken out
    client.press("ctrl-u");
    client.press("enter");
    client.write("We are closed on Monday.");
    client.press("enter");
    client.wait_for_content("Send this to 3 people one by one").await;
    assert!(rig.emulator.posts().is_empty());
    client.press("y");
    let text = "We are closed on Monday.".to_owned();
    let to = [33, 47, 62].map(|number| (fictional(number).to_string(), text.clone()));
    assert_eq!(posted(&mut client, &rig, 3).await, to);
    client.wait("all in the list", |screen| screen.matches("You: We are closed").count() == 3).await;
    assert_eq!(rig.emulator.posts().len(), 3, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_to_several_is_there_after_a_restart_until_it_is_sent() {
    let rig = desk(Dialect::v4()).await;
    let mut client = writing(&rig).await;
    client.press("ctrl-n");
    client.wait_for_content("a comma adds more people").await;
    client.keys.send(Msg::paste("(202) 555-0162, 202-555-0147, 202.555.0133")).unwrap();
    client.wait_for_content("555-0133").await;
    client.press("enter");
    client.write("We are closed on Mon");
    client.wait_for_content("We are closed on Mon").await;
    client.press("ctrl-q");
    client.wait_for_end().await;
    client.session.finish().await;

    let mut client = writing(&rig).await;
    client.press("ctrl-n");
    client.wait_for_content("New message, as you left it").await;
    assert!(client.screen().contains("(202) 555-0162, (202) 555-0147, (202) 555-0133"), "{}", client.screen());
    client.write("day.");
    client.wait_for_content("We are closed on Monday.").await;
    // put away and brought back
    client.press("alt-n");
    client.wait("an empty one", |screen| !screen.contains("We are closed")).await;
    client.press("alt-n");
    client.wait_for_content("We are closed on Monday.").await;
    client.press("enter");
    client.wait_for_content("Send this to 3 people one by one").await;
    client.press("y");
    let text = "We are closed on Monday.".to_owned();
    let to = [33, 47, 62].map(|number| (fictional(number).to_string(), text.clone()));
    assert_eq!(posted(&mut client, &rig, 3).await, to);
    client.press("ctrl-n");
    client.wait_for_content("a comma adds more people").await;
    assert!(!client.screen().contains("as you left it"), "{}", client.screen());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_from_the_number_that_was_used_last() {
    let rig = desk(Dialect::v4()).await;
    let mut client = writing(&rig).await;
    client.press("ctrl-n");
    client.write("0162");
    // the default is the first number, but this customer wrote to the second
    client.wait("the number", |screen| screen.contains("From  Line 2 (202) 555-0102")).await;
    client.press("enter");
    client.wait_for_content("To (202) 555-0162, from Line 2").await;
    client.write("Yes, we do.");
    client.press("enter");
    posted(&mut client, &rig, 1).await;
    assert_eq!(rig.emulator.posts()[0].from, rig.number(1));
}
