//! catbird-server
