//! Identifying: who sent it, how sure are we, may we answer.

pub mod loops;
pub mod own {
    pub fn is_own(_m: &crate::model::mail::Mail, _r: &crate::model::robot::Robot) -> Option<String> {
        None
    }
}
pub mod sender {
    pub fn sender(
        _m: &crate::model::mail::Mail,
        _r: &crate::model::robot::Robot,
        _n: jiff::Timestamp,
    ) -> Option<crate::model::proof::Sender> {
        None
    }
}
pub fn vouch(_s: &crate::model::proof::Sender) -> Option<crate::model::proof::Vouched> {
    None
}
