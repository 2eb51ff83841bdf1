use rstest::rstest;

use crate::api::offline;

#[rstest]
#[case::role(
    403,
    r#"{"errorCode":"TenantAccountRoleIssue","message":"No."}"#,
    "no access to this part",
    "contact-centre role"
)]
#[case::access(403, r#"{"errorCode":"AccessDenied","message":"No."}"#, "no access to this part", "admin")]
#[case::plan(403, r#"{"message":"Your plan does not include API access."}"#, "plan has no access", "account's plan")]
#[case::no_plan(403, r#"{"message":"No explanation."}"#, "refused it", "enabled for SMS")]
#[case::blocked(403, r#"{"message":"Daily limit exceeded."}"#, "blocked this key", "next day")]
#[case::haste(429, r#"{"message":"Too many requests."}"#, "pause of 60 s", "Wait 60 s")]
#[case::filters(
    400,
    r#"{"errorCode":"FilterParamsMalformed","message":"No.","data":{"unsupportedFilters":["x"]}}"#,
    "not supported: x",
    "doctor"
)]
#[case::model(
    400,
    r#"{"message":"Invalid.","modelState":{"model.From":["It is required."]}}"#,
    "from: It is required.",
    "objects to"
)]
fn says_what_happened_and_what_to_do(
    #[case] status: u16,
    #[case] body: &str,
    #[case] plain: &str,
    #[case] advice: &str,
) {
    let error = offline::error(status, body.as_bytes());
    assert!(error.plain().contains(plain), "{}", error.plain());
    assert!(error.advice().contains(advice), "{}", error.advice());
}
