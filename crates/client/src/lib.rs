//! catbird-client
