//! What an administrator puts right on the machine, by the same door as a mailed command and with the same events, but without
//! a letter: a field's value that the site calls otherwise now, what is known of a person.

use super::Desk;
use crate::fault::Outcome;
use crate::model::address::Address;
use crate::model::decision::{Change, Filing, Target, What};
use crate::model::fields::Field;
use crate::model::ticket::Number;
use crate::store::Tx;
use crate::store::tickets::SeenBy;

impl Desk<'_> {
    /// Gives these tickets another value of a field than the one that they have.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revalue(
        &self,
        tx: &Tx<'_>,
        tickets: &[Number],
        field: Field,
        from: &str,
        to: &str,
    ) -> Outcome<()> {
        let author = tx.meet(&self.member.address, &self.member.name, self.now)?;
        for ticket in tickets {
            let what = What::Set { field, from: Some(from.to_owned()), to: Some(to.to_owned()) };
            let changes = vec![Change { line: 0, what, remark: String::new() }];
            let filing = Filing { changes, quiet: true, ..Filing::of(Target::Known(*ticket)) };
            tx.file(&filing, None, &author, &self.cause(), SeenBy::default())?;
        }
        Ok(())
    }

    /// Vouches for the address of somebody who wrote. Gives whether that is new.
    ///
    /// # Errors
    /// Those of the database.
    pub fn vouch(&self, tx: &Tx<'_>, address: &Address) -> Outcome<bool> {
        tx.vouch(address, &self.cause())
    }

    /// Puts right what somebody who wrote is called. Gives whether that is new.
    ///
    /// # Errors
    /// Those of the database.
    pub fn name_person(&self, tx: &Tx<'_>, address: &Address, name: &str) -> Outcome<bool> {
        tx.name_person(address, name, &self.cause())
    }
}
