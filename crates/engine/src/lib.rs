//! catbird-engine
