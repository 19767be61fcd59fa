//! catbird-assets
