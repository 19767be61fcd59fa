//! The style files are sound, and those that are not are refused in words.

use super::*;

#[test]
fn every_style_file_is_sound() {
    assert!(all().len() >= 16);
    for s in all() {
        check::style(s).unwrap_or_else(|why| panic!("{}: {why}", s.id));
    }
    check::extras(extras()).unwrap_or_else(|why| panic!("extras: {why}"));
}

#[test]
fn what_is_wrong_with_a_style_is_told() {
    let pop = find("pop").unwrap();
    let wrong = |change: &dyn Fn(&mut Style)| {
        let mut s = pop.clone();
        change(&mut s);
        check::style(&s).unwrap_err()
    };
    assert!(wrong(&|s| s.part[0].instruments = vec!["kazoo of doom".into()]).contains("kazoo of doom"));
    assert!(wrong(&|s| s.forms = vec!["verse:8 chors:8".into()]).contains("chors:8"));
    assert!(
        wrong(&|s| s.progressions.get_mut("major").unwrap().get_mut("verse").unwrap()[0] = "I | H".into())
            .contains("“H”")
    );
    assert!(wrong(&|s| s.groove[0].lines.insert("kick".into(), "9...".into()).map_or((), drop)).contains("16 steps"));
    assert!(wrong(&|s| s.tempo = [120.0, 100.0, 140.0]).contains("tempo"));
    assert!(wrong(&|s| s.tempo = [120.0, f64::NAN, 140.0]).contains("tempo"));
    assert!(wrong(&|s| s.tempo = [120.0, 130.0, f64::INFINITY]).contains("tempo"));
    assert!(wrong(&|s| s.id = "../pop".into()).contains("id"));
    assert!(wrong(&|s| s.label = "Latin".into()).contains("Bossa Nova"));
    assert!(wrong(&|s| s.forms = vec!["verse:8 chorus:0".into()]).contains("1 to 64"));
    assert!(wrong(&|s| s.modes[0].1 = 0.0).contains("weight"));
    assert!(wrong(&|s| s.groove[0].weight = f64::NAN).contains("weight"));
    assert!(wrong(&|s| s.energy = f32::NAN).contains("energy"));
    assert!(wrong(&|s| s.part[0].reverb = Some(f32::NAN)).contains("reverb"));
    assert!(wrong(&|s| s.part[0].gain_db = f32::INFINITY).contains("gain_db"));
    assert!(wrong(&|s| s.part[0].lines = [("clap".into(), "....q...........".into())].into()).contains("hits are"));
    assert!(wrong(&|s| s.part[0].lines = [("clap".into(), String::new())].into()).contains("fill"));
    for chart in ["2:", "I | | V", "much: I | V", "0: I", "-1: I | V", "NaN: I", "I | V |"] {
        let why = wrong(&|s| s.progressions.get_mut("major").unwrap().get_mut("verse").unwrap()[0] = chart.into());
        assert!(why.contains(chart), "{chart}: {why}");
    }
}

#[test]
fn a_folder_with_a_broken_file_is_refused_by_name() {
    let folder = std::env::temp_dir().join(format!("catbird-styles-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("bad.toml"), "id = \"bad\"\n").unwrap();
    let why = add(&folder).unwrap_err().to_string();
    assert!(why.contains("bad.toml") && why.contains("missing field"), "{why}");
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(matches!(add(&folder), Err(StyleError::Unreadable { .. })));
}
