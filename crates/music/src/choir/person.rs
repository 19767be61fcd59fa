//! Who the backing singers are: people of the house who are not the lead, but sound well beside that voice.

use catbird_score::{
    Blend, Dice, Gender, Singer,
    blend::{HOUSE, Share},
};

/// What somebody sings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Left,
    Right,
    Above,
    Below,
    Octave,
    GangLeft,
    GangMiddle,
    GangRight,
    PadHigh,
    PadLow,
    Caller,
}

/// The lead once more: the same voice on another track, a little different as a second take is.
pub(super) fn double(lead: &Singer, part: Part) -> Singer {
    let way = if part == Part::Left { -1.0 } else { 1.0 };
    Singer {
        name: format!("{}, doubled", lead.name),
        warp: lead.warp * (1.0 + 0.008 * way),
        breath: (lead.breath + 0.02).min(0.4),
        vibrato_cents: lead.vibrato_cents * 0.7,
        vibrato_hz: lead.vibrato_hz + 0.25 * way,
        glide_ms: lead.glide_ms * (1.0 + 0.12 * way),
        ..lead.clone()
    }
}

/// Somebody else: of the lead's gender, for an octave of the other one.
pub(super) fn backing(lead: &Singer, part: Part, seed: u64) -> Singer {
    let gender = match (part, lead.gender) {
        (Part::Octave, Gender::Female) => Gender::Male,
        (Part::Octave, Gender::Male) => Gender::Female,
        (_, own) => own,
    };
    let mut dice = Dice::new(seed, &format!("backing {part:?}"));
    let own = lead.blend.weights(lead.gender);
    // High parts to high voices, low ones to low voices; not the lead's.
    let weights: Vec<f64> = HOUSE
        .iter()
        .zip(own)
        .map(|(h, share)| {
            if h.gender != gender {
                return 0.0;
            }
            let middle = f64::midpoint(f64::from(h.range[0]), f64::from(h.range[1]));
            let wish = match part {
                Part::Above | Part::PadHigh => 1.0,
                Part::Below | Part::PadLow => -1.0,
                _ => 0.0,
            };
            let usual = if gender == Gender::Female { 66.0 } else { 54.5 };
            (wish * (middle - usual) * 0.35).exp() * (1.0 - 0.85 * f64::from(share)).max(0.05)
        })
        .collect();
    let voice = &HOUSE[dice.weighted(&weights)];
    // Backing singers blend in: something of the lead's timbre is in theirs.
    let mut shares = vec![Share {
        voice: voice.name.to_owned(),
        share: 0.75,
    }];
    let near = HOUSE
        .iter()
        .zip(own)
        .filter(|(h, w)| h.gender == gender && *w > 0.0 && h.name != voice.name)
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((near, _)) = near {
        shares.push(Share {
            voice: near.name.to_owned(),
            share: 0.25,
        });
    }
    let gang = matches!(part, Part::GangLeft | Part::GangMiddle | Part::GangRight);
    let caller = part == Part::Caller;
    Singer {
        name: format!("{}, backing", voice.name),
        gender,
        low: voice.range[0],
        high: voice.range[1],
        warp: 1.0,
        tilt_db: (lead.tilt_db - if gang || caller { 0.0 } else { 0.6 }).clamp(-4.0, 4.0),
        breath: (lead.breath + if gang { 0.0 } else { 0.05 }).clamp(0.02, 0.4),
        vibrato_cents: lead.vibrato_cents * if gang { 0.3 } else { 0.6 },
        vibrato_hz: 5.6 + dice.between(-0.4, 0.4) as f32,
        drive: if gang {
            (lead.drive + 0.2).min(1.0)
        } else {
            lead.drive * 0.6
        },
        density: (lead.density + if gang { 0.2 } else { 0.0 }).min(1.0),
        blend: Blend(shares),
        ..lead.clone()
    }
}
