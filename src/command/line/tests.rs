//! Tables of command lines.
