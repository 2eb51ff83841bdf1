//! Numbers and people (sections 12 to 14).

use mctui::emulator::{Business, Options, OwnNumber};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{OURS, Signed, refusal};
use crate::client::{address, json as read};

#[tokio::test]
async fn numbers_have_every_documented_field() {
    let page = Signed::demo().await.get("/phonenumbers").await;
    assert_eq!((page["isSuccess"].as_bool(), page["data"]["total"].as_u64()), (Some(true), Some(3)));
    assert_eq!(page["data"]["deletedPhoneNumbers"], json!([]));
    let numbers = page["data"]["phoneNumbers"].as_array().unwrap();
    let first = json!({
        "number": OURS, "label": "Main Phone", "description": null, "isEnabled": true, "isPrimary": true,
        "isTollFree": false, "isInternational": false, "smsMode": "Enabled", "numberMessagingVerified": true,
        "isMmsEnabled": true, "callRecordingMode": "Both, OutgoingBeepDisabled", "mayText": false, "mayCall": false,
        "lastUsed": true,
    });
    assert_eq!(numbers[0], first);
    let mms: Vec<&Value> = numbers.iter().map(|number| &number["isMmsEnabled"]).collect();
    assert_eq!(mms, [true, true, false]);
    assert!(numbers.iter().all(|number| number["smsMode"] == "Enabled" && number["mayText"] == false));
}

#[tokio::test]
async fn each_number_can_be_as_a_test_wants_it() {
    let capable = OwnNumber {
        sms_mode: "Capable".to_owned(),
        messaging_verified: false,
        description: Some("For the shop".to_owned()),
        ..OwnNumber::new(address(OURS), "Shop", 1)
    };
    let signed = Signed::to(Options { business: Business::Empty(vec![capable]), ..Options::default() }).await;
    let number = &signed.get("/phonenumbers/12025550101").await["data"];
    assert_eq!((&number["smsMode"], &number["numberMessagingVerified"]), (&json!("Capable"), &json!(false)));
    assert_eq!(number["description"], "For the shop");
    let order = json!({"from": OURS, "to": ["+12025550147"], "message": "Hi"});
    let answer = signed.request(Method::POST, "/messages/send").json(&order).send().await.unwrap();
    assert_eq!(answer.status(), 403, "it does not text");
}

#[rstest]
#[case("12025550102", Some("+12025550102"))]
#[case("2025550103", Some("+12025550103"))]
#[case("202", Some("+12025550101"))]
#[case("%2B12025550102", None)]
#[case("120255501020", None)]
#[case("777", None)]
#[case("$$$", None)]
#[tokio::test]
async fn one_number_is_the_first_that_contains_the_digits(#[case] digits: &str, #[case] number: Option<&str>) {
    let signed = Signed::demo().await;
    let path = format!("/phonenumbers/{digits}");
    if let Some(number) = number {
        assert_eq!(signed.get(&path).await["data"]["number"], number);
        return;
    }
    let answer = signed.ask(Method::GET, &path).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(read(answer).await, json!({"message": "Number not found"}));
}

#[tokio::test]
async fn numbers_are_not_given_up() {
    let signed = Signed::demo().await;
    let answer = signed.request(Method::DELETE, "/phonenumbers").json(&json!([OURS])).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(read(answer).await[0]["id"], OURS);
    assert_eq!(signed.emulator().numbers().len(), 3);
}

#[tokio::test]
async fn profiles_are_by_extension() {
    let signed = Signed::demo().await;
    let own = signed.get("/profile").await;
    assert_eq!(own["isSuccess"], true);
    assert_eq!(
        own["data"],
        json!({"firstName": "Ana", "lastName": "Reyes", "email": "ana.reyes@example.com", "extension": "101", "role": "admin"})
    );
    assert_eq!(signed.get("/profile/103").await["data"]["lastName"], "Nair");
    let (status, _, body) = refusal(signed.ask(Method::GET, "/profile/999").await).await;
    assert_eq!((status, body), (400, json!({"message": "User profile not found"})));
}

#[tokio::test]
async fn the_own_status_is_set_by_the_path() {
    let signed = Signed::demo().await;
    assert_eq!(signed.get("/profile/status").await["data"], json!({"status": "available"}));
    for status in ["dnd", "available", "DND"] {
        let answer = read(signed.ask(Method::PUT, &format!("/profile/status/{status}")).await).await;
        assert_eq!(answer["data"]["status"], status.to_lowercase());
        assert_eq!(signed.get("/profile/status").await["data"]["status"], status.to_lowercase());
    }
    let (status, _, body) = refusal(signed.ask(Method::PUT, "/profile/status/away").await).await;
    assert_eq!((status, body["modelState"]["status"].is_array()), (400, true));
}

#[tokio::test]
async fn the_team_has_ids_that_filters_take() {
    let signed = Signed::demo().await;
    let team = signed.get("/team").await;
    let names: Vec<_> = team["users"].as_array().unwrap().iter().filter_map(|user| user["fullName"].as_str()).collect();
    assert_eq!(names, ["Ana Reyes", "Marcus Boyd", "Priya Nair", "Tom Halloran"]);
    assert!(team["groups"].is_array() && team["vmboxes"].is_array());
    let marcus = team["users"][1]["id"].as_str().unwrap();
    let records = signed.list(&format!("userId={marcus}&showUsers=true&pageSize=20")).await;
    assert!(!records.is_empty());
    assert!(records.iter().all(|record| record["agent"]["id"] == marcus));
}
