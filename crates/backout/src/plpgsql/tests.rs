//! What the server accepts and refuses, each case tried on one.
