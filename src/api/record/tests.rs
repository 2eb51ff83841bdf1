use rstest::rstest;
