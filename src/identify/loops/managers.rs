//! The letters of the list managers in use, as their own templates have them: none is a person's. And people who write
//! nearly the same.

use super::nature;
use super::tests::mail;
use crate::model::kind::Kind;

/// From, subject and the beginning of the text.
type Letters<'a> = &'a [(&'a str, &'a str, &'a str)];
/// Header fields that the manager adds.
type Fields<'a> = &'a [(&'a str, &'a str)];

const OF_LIST: (&str, &str) = ("List-Id", "Staff <staff.y.example>");

#[track_caller]
fn are_the_managers(letters: Letters, fields: Fields) {
    for (from, subject, text) in letters {
        let nature = nature(&mail(from, subject, text, fields));
        let got = (nature.kind, nature.may_answer);
        assert_eq!(got, (Kind::ListAdmin, false), "{from}: {subject}: {}", nature.why);
    }
}

#[test]
fn mailman_2() {
    let letters = [
        (
            "staff-bounces@y.example",
            "Your message to Staff awaits moderator approval",
            "Your mail to 'Staff' …",
        ),
        (
            "staff-owner@y.example",
            "Staff post from ann@x.example requires approval",
            "As list administrator …",
        ),
        (
            "staff-bounces@y.example",
            "Bounce action notification",
            "This is a Mailman mailing list bounce action",
        ),
        ("staff-bounces+a1b2@y.example", "Staff mailing list probe message", "This is a probe message."),
        ("staff-request@y.example", "confirm 5a6b7c8d9e0f", "If you reply to this message …"),
        ("mailman-owner@y.example", "y.example mailing list memberships reminder", "This is a reminder …"),
        ("staff-bounces@y.example", "Request to mailing list Staff rejected", "Your request …"),
    ];
    are_the_managers(&letters, &[]);
    let welcome =
        [("staff-request@y.example", "Velkommen", "Velkommen til postlisten"), ("x@y.example", "Hi", "")];
    are_the_managers(&welcome, &[("X-List-Administrivia", "yes")]);
}

#[test]
fn mailman_3() {
    let letters = [
        (
            "staff-confirm+a1b2@y.example",
            "Your confirmation is needed to join the staff@y.example",
            "Email …",
        ),
        ("staff-owner@y.example", "ann@x.example's subscription disabled on Staff", "…"),
        ("staff-bounces@y.example", "Your message to staff@y.example awaits moderator approval", "…"),
    ];
    are_the_managers(&letters, &[]);
    // whatever the language, the list's own name is in both
    are_the_managers(&[("staff-bounces@y.example", "Din melding blir holdt", "…")], &[OF_LIST]);
    are_the_managers(&[("staff-owner@y.example", "The list has 2 moderation requests", "…")], &[OF_LIST]);
}

/// mlmmj adds no field at all.
#[test]
fn mlmmj() {
    let letters = [
        ("staff+owner@y.example", "Post to staff@y.example denied: Printer", "Hi, this is the Mlmmj program"),
        ("staff+owner@y.example", "Awaiting release to staff@y.example: Printer", "…"),
        ("staff+owner@y.example", "Please moderate staff@y.example: Printer", "…"),
        ("staff+owner@y.example", "Bouncing messages from staff@y.example", "Some messages to you …"),
        ("staff+help@y.example", "Confirm subscription to staff@y.example", "…"),
        ("staff+owner@y.example", "Ihre Nachricht an staff@y.example wurde abgewiesen: x", "…"),
        (
            "staff+owner@y.example",
            "Välittämättä jääneitä viestejä",
            "Hei, tämä on Mlmmj-ohjelma, joka hallinnoi",
        ),
    ];
    are_the_managers(&letters, &[]);
}

#[test]
fn sympa_and_older_ones() {
    let letters = [
        ("sympa@y.example", "Message distribution: Authorization denied", "Your message for list …"),
        ("sympa@y.example", "Results of your commands", "…"),
        ("sympa@y.example", "staff / subscribing to staff: confirm", "…"),
        ("staff-request@y.example", "Message for list staff from ann@x.example to be approved", "…"),
        ("staff-editor@y.example", "Moderation spool for list staff", "…"),
        ("listserv@y.example", "Command confirmation request", "…"),
        ("owner-staff@y.example", "BOUNCE staff@y.example: Approval required", "…"),
        ("majordomo@y.example", "Confirmation for subscribe staff", "…"),
        ("staff-help@y.example", "WELCOME to staff@y.example", "Hi! This is the ezmlm program."),
    ];
    are_the_managers(&letters, &[]);
}

#[test]
fn people_are_not_taken_for_managers() {
    for (from, subject, fields) in [
        ("ann@x.example", "Staff post from bob requires approval", &[OF_LIST][..]),
        ("staffing@y.example", "Printer", &[OF_LIST]),
        ("it-help@x.example", "Subscription of the journal denied", &[]),
        ("shop-owner@x.example", "Printer", &[("List-Id", "<other.y.example>")]),
        ("bob+12@x.example", "Confirm, please", &[]),
    ] {
        assert_eq!(nature(&mail(from, subject, "It smokes.", fields)).kind, Kind::Mail, "{from}: {subject}");
    }
}
