use super::*;
use crate::model::mail::Header;
