//! Texts to several people that are not sent yet: kept as they are typed, and gone with what they became.

use mctui::model::{Address, Broadcast, Contact, Delivery};
use mctui::store::StoreError;

use super::{Home, MAIN, SIDE, at, contact, number, outgoing, unnamed};

fn unsent(text: &str) -> Broadcast {
    let people = vec![Contact { name: Some("Lee \"the\" Ortiz".into()), ..unnamed(3) }, unnamed(1), unnamed(2)];
    Broadcast { sender: number(SIDE), people, text: text.to_owned() }
}

async fn kept(home: &Home, begun: Option<Address>) -> Option<(Address, Broadcast)> {
    home.store.broadcast(begun).await.unwrap()
}

#[tokio::test]
async fn one_is_kept_for_each_number_to_the_byte_and_in_order() {
    let home = Home::new().await;
    let text = "Hi {first_name},\n we are closed — Monday \u{202e}👩\u{200d}🔧";
    home.store.save_broadcast(number(MAIN), unsent("older"), at(1)).await.unwrap();
    home.store.save_broadcast(number(SIDE), unsent("of the other number"), at(2)).await.unwrap();
    home.store.save_broadcast(number(MAIN), unsent(text), at(3)).await.unwrap();
    let second = home.second().await;
    assert_eq!(second.broadcast(Some(number(MAIN))).await.unwrap(), Some((number(MAIN), unsent(text))));
    assert_eq!(kept(&home, Some(number(SIDE))).await.unwrap().1.text, "of the other number");
    assert_eq!(kept(&home, None).await.unwrap().0, number(MAIN), "the last one of all");
    assert_eq!(kept(&home, Some(number(3))).await, None);
}

#[tokio::test]
async fn a_text_without_people_and_people_without_a_text_are_kept_and_nothing_is_not() {
    let home = Home::new().await;
    for half in [Broadcast { people: Vec::new(), ..unsent("to whom?") }, unsent("")] {
        home.store.save_broadcast(number(MAIN), half.clone(), at(1)).await.unwrap();
        assert_eq!(kept(&home, None).await, Some((number(MAIN), half)));
    }
    let empty = Broadcast { people: Vec::new(), ..unsent("") };
    home.store.save_broadcast(number(MAIN), empty, at(2)).await.unwrap();
    assert_eq!(kept(&home, None).await, None);
}

#[tokio::test]
async fn it_goes_in_the_transaction_that_queues_it_to_all() {
    let home = Home::new().await;
    home.store.save_broadcast(number(MAIN), unsent("to all"), at(1)).await.unwrap();
    home.store.save_broadcast(number(SIDE), unsent("another"), at(1)).await.unwrap();
    let refused = vec![outgoing(1, 2, "to all"), outgoing(2, 2, " ")];
    let error = home.store.enqueue_each(number(MAIN), unsent("to all"), refused).await.unwrap_err();
    assert!(matches!(error, StoreError::EmptyBody));
    assert!(home.store.outbox().await.unwrap().is_empty(), "to nobody, where not to all");
    assert_eq!(home.store.thread_between(number(MAIN), contact(1)).await.unwrap(), None);
    assert_eq!(kept(&home, Some(number(MAIN))).await.unwrap().1.text, "to all");

    let each: Vec<_> = (1..=3).map(|to| outgoing(to, 3, "to all")).collect();
    let send = |kept| home.store.enqueue_each(number(MAIN), kept, each.clone());
    let taken = send(unsent("to all")).await.unwrap();
    let waiting = home.store.outbox().await.unwrap();
    assert_eq!(waiting.iter().map(|message| (message.thread, message.id)).collect::<Vec<_>>(), taken);
    assert!(waiting.iter().all(|message| message.delivery == Some(Delivery::Queued)));
    assert_eq!(kept(&home, Some(number(MAIN))).await, None);
    assert_eq!(kept(&home, None).await.unwrap().1.text, "another", "of the other number");

    // another window still shows it
    assert!(matches!(send(unsent("to all")).await, Err(StoreError::NotKept)));
    home.store.save_broadcast(number(MAIN), unsent("to all, in other words"), at(2)).await.unwrap();
    assert!(matches!(send(unsent("to all")).await, Err(StoreError::NotKept)));
    assert_eq!(home.store.outbox().await.unwrap().len(), 3, "to each once");
}
