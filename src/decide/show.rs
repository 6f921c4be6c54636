//! How does it stand, and what is there? A letter for each ticket that was asked for, with as much as its reader may see,
//! and one with a list. Only ever for a vouched sender, who alone could see them read his mail.

use super::Case;
use crate::command::{Does, Order, Question};
use crate::limits;
use crate::model::decision::Reply;
use crate::model::shown::{Listing, Sight, Sort};
use crate::model::ticket::{Number, View};

/// A letter for each ticket that the orders ask to see, once; `about` is the mail's own.
pub(super) fn tickets(orders: &[Order], about: Option<Number>, case: Case<'_>) -> Vec<Reply> {
    let mut all: Vec<Number> = Vec::new();
    for order in orders.iter().filter(|o| matches!(o.verb.does, Does::Ask(Question::Show))) {
        let named = order.tickets.iter().copied();
        let meant = named.chain(about.filter(|_| order.tickets.is_empty()));
        meant.for_each(|n| {
            if !all.contains(&n) {
                all.push(n)
            }
        });
    }
    let views = all.into_iter().take(limits::SHOWN_TICKETS).filter_map(|n| case.known.view(n));
    views
        .filter_map(|view| {
            let sight = sight(view, case)?;
            Some(Reply::Shown { ticket: view.ticket.number, sight, said: Vec::new(), left_out: 0 })
        })
        .collect()
}

/// The list that an order asks for.
pub(super) fn list(order: &Order, case: Case<'_>) -> Reply {
    let sort = Sort::of(&order.words);
    let staff = case.vouched.is_some_and(|v| v.login().is_some());
    Reply::Listed { sort, staff, listing: Listing::default() }
}

fn sight(view: &View, case: Case<'_>) -> Option<Sight> {
    let vouched = case.vouched?;
    Some(match vouched.login() {
        Some(_) => Sight::Staff,
        None if view.has_part(&vouched.sender().address) => Sight::Part,
        None => Sight::Title,
    })
}
