//! The screens as they look.
