//! catbird-media
