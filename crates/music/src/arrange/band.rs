//! Hiring the band: the style's players, the lender's soloists, and whoever the labels ask for.

use catbird_score::{Channel, Part, PartRole, Sound};

use crate::{
    arrange::stage::Stage,
    instruments::{self, Instrument},
    style::{self, PartPlan},
};

/// A player with the instrument in hand.
#[derive(Clone, Debug)]
pub struct Player {
    /// What the arrangement asks of it.
    pub plan: PartPlan,
    /// Its catalogue key.
    pub key: String,
    /// Its instrument.
    pub instrument: &'static Instrument,
    /// How far its amplifier is turned, of what the catalogue says.
    pub drive: f32,
    /// How busy this one is by nature: added to the intensity it chooses its figures by.
    pub lean: f32,
    /// Semitones by which this one likes to play chords higher than the style says.
    pub reach: i8,
}

impl Player {
    fn new(plan: PartPlan, key: &str) -> Option<Self> {
        Some(Self {
            plan,
            key: key.to_owned(),
            instrument: instruments::find(key)?,
            drive: 1.0,
            lean: 0.0,
            reach: 0,
        })
    }

    /// What it sounds like.
    pub fn sound(&self) -> Sound {
        self.instrument.sound.driven(self.drive)
    }

    /// The pitches it plays in.
    pub fn register(&self) -> (u8, u8) {
        let [low, high] = self.instrument.range;
        match self.plan.register {
            Some([l, h]) if l.max(low) + 12 <= h.min(high) => (l.max(low), h.min(high)),
            _ => (low, high),
        }
    }

    /// Whether it plays in a section.
    pub fn plays(&self, role: catbird_score::Role, intensity: f32) -> bool {
        let rostered = self.plan.roles.is_empty() || self.plan.roles.contains(&role);
        rostered && intensity >= self.plan.enter && intensity < self.plan.leave
    }

    /// Its figure at an intensity: the last whose threshold is reached.
    pub fn figure(&self, intensity: f32) -> &str {
        let intensity = intensity + self.lean;
        let own = self
            .plan
            .figures
            .iter()
            .rev()
            .find(|(from, _)| intensity >= *from)
            .or(self.plan.figures.first());
        own.map_or(self.instrument.figure.as_str(), |(_, f)| f.as_str())
    }

    /// The part it plays, still without notes.
    pub fn part(&self) -> Part {
        let (plan, i) = (&self.plan, self.instrument);
        Part {
            id: plan.id.clone(),
            name: i.name.clone(),
            role: plan.role,
            sound: self.sound(),
            channel: Channel {
                gain_db: plan.gain_db + i.gain_db,
                pan: plan.pan,
                width: plan.width,
                reverb: plan.reverb.unwrap_or(i.reverb),
                delay: plan.delay,
                low_cut_hz: i.low_cut_hz,
                tilt_db: i.tilt_db,
                duck_db: plan.duck_db,
                sweep: plan.sweep,
            },
            notes: Vec::new(),
        }
    }
}

/// How far guitarists turn their amplifiers with an energy that is not the style's own: calm rock is clean.
const DRIVE_ASKED: f32 = 1.6;

/// How far the drums come forward with such an energy, dB.
const DRUMS_ASKED_DB: f32 = 6.0;

/// From this intensity on a section is full.
const FULL: f32 = 0.56;

/// How much fuller than usual a section must be for drums of which a song hardly has any: a style whose kit plays from
/// the first bars lives by its beat, and a calm song of it keeps one (calm reggae); where the kit waits anyway, it now waits
/// for the chorus, or stays away.
const HARDLY_ANY: f32 = 2.4;

/// Hires.
pub fn hire(stage: &Stage) -> Vec<Player> {
    let direction = stage.direction;
    let leader = direction.leader();
    let mut band: Vec<Player> = Vec::new();
    for plan in &leader.part {
        let mut dice = stage.dice(&format!("hire {}", plan.id));
        let allowed = |k: &&String| !direction.without.contains(k);
        let free = |k: &&String| allowed(k) && !band.iter().any(|p| p.key == **k);
        let mut choice: Vec<&String> = plan.instruments.iter().filter(free).collect();
        // Two of the same are better than nobody; a lead on the instrument that accompanies it is not heard.
        if choice.is_empty() {
            choice = plan.instruments.iter().filter(allowed).collect();
        }
        let (hired, key) = (dice.chance(plan.chance), dice.pick(&choice));
        if hired && let Some(player) = key.and_then(|k| Player::new(plan.clone(), k)) {
            band.push(player);
        }
    }
    if let Some(lender) = direction.lending() {
        borrow(&mut band, &lender.part, stage);
    }
    lead(&mut band, stage);
    ask(&mut band, stage);
    for name in &direction.ornaments {
        if let Some(plan) = style::extras().ornament.iter().find(|o| o.id == *name)
            && let Some(player) = plan.instruments.first().and_then(|k| Player::new(plan.clone(), k))
        {
            band.retain(|p| p.plan.id != *name);
            // One pair of hands plays all the small percussion that labels add.
            let hands = band.iter_mut().find(|p| {
                player.key == "percussion kit" && p.key == player.key && direction.ornaments.contains(&p.plan.id)
            });
            match hands {
                Some(p) => p.plan.lines.extend(player.plan.lines),
                None => band.push(player),
            }
        }
    }
    if direction.drums < 0.2 {
        let asked = |p: &Player| direction.asked.contains(&p.key) || direction.ornaments.contains(&p.plan.id);
        band.retain(|p| !matches!(p.plan.role, PartRole::Drums | PartRole::Percussion) || asked(p));
    } else if direction.drums < 0.75 {
        for p in band.iter_mut().filter(|p| p.plan.role == PartRole::Drums) {
            p.plan.gain_db -= 3.0;
            if direction.drums < 0.3 {
                p.plan.gain_db -= 2.0;
                p.plan.enter = p.plan.enter.max((p.plan.enter * HARDLY_ANY).min(FULL));
            }
        }
    }
    trim(&mut band, stage);
    number(&mut band);
    let asked = direction.asked_energy();
    for player in &mut band {
        character(player, stage);
        player.drive = (1.0 + DRIVE_ASKED * asked).max(0.0);
        if matches!(player.plan.role, PartRole::Drums | PartRole::Percussion) {
            player.plan.gain_db += (DRUMS_ASKED_DB * asked).clamp(-2.5, 2.5);
        }
    }
    band
}

/// The lender's soloists replace the leader's; its other colours come in addition.
fn borrow(band: &mut Vec<Player>, plans: &[PartPlan], stage: &Stage) {
    for role in [
        PartRole::Lead,
        PartRole::Counter,
        PartRole::Pad,
        PartRole::Comp,
        PartRole::Percussion,
    ] {
        let Some(plan) = plans.iter().find(|p| p.role == role) else {
            continue;
        };
        let mut dice = stage.dice(&format!("borrow {}", plan.id));
        let held = |k: &String| role != PartRole::Lead && band.iter().any(|p| p.key == *k);
        let choice: Vec<&String> = plan
            .instruments
            .iter()
            .filter(|k| !stage.direction.without.contains(k) && !held(k))
            .collect();
        let Some(mut player) = dice.pick(&choice).and_then(|k| Player::new(plan.clone(), k)) else {
            continue;
        };
        if matches!(role, PartRole::Lead) {
            band.retain(|p| p.plan.role != role);
        } else if role == PartRole::Comp {
            // Two hands at the chords already: the borrowed one joins when it grows loud.
            player.plan.enter = player.plan.enter.max(0.4);
            player.plan.gain_db -= 2.0;
        } else if role == PartRole::Pad && band.iter().any(|p| p.plan.role == role) && dice.chance(0.5) {
            continue;
        }
        band.push(player);
    }
}

/// An instrument that labels would like to lead takes the lead, if one is free to choose.
fn lead(band: &mut Vec<Player>, stage: &Stage) {
    let direction = stage.direction;
    let wanted: Vec<&String> = direction
        .leads
        .iter()
        .filter(|k| instruments::find(k).is_some_and(|i| i.can(PartRole::Lead)))
        .collect();
    let Some(key) = stage.dice("lead wish").pick(&wanted).copied() else {
        return;
    };
    give(band, key, PartRole::Lead, &[]);
}

/// A part for somebody who leads on the instrument `key` (a piano, if the catalogue has none such), still
/// without notes.
///
/// # Panics
/// When the catalogue has no piano, which a test rules out.
pub fn soloist(key: &str) -> Part {
    let (key, instrument) = match instruments::find(key) {
        Some(instrument) => (key, instrument),
        None => ("piano", instruments::find("piano").expect("the catalogue has a piano")),
    };
    let player = Player {
        plan: default_plan(key, PartRole::Lead, instrument),
        key: key.to_owned(),
        instrument,
        drive: 1.0,
        lean: 0.0,
        reach: 0,
    };
    player.part()
}

/// Hands `key` to the player of `role`, or hires one for it; instruments in `kept` stay in hand.
fn give(band: &mut Vec<Player>, key: &str, role: PartRole, kept: &[String]) {
    let Some(instrument) = instruments::find(key) else {
        return;
    };
    let existing = band.iter_mut().find(|p| p.plan.role == role && !kept.contains(&p.key));
    if let Some(player) = existing {
        key.clone_into(&mut player.key);
        player.instrument = instrument;
        player.plan.reverb = None;
        player.plan.register = None;
        if role != PartRole::Bass && !instrument.figure.is_empty() {
            player.plan.figures = Vec::new();
        }
        return;
    }
    band.extend(Player::new(default_plan(key, role, instrument), key));
}

/// Whether a drummer's kit is what was asked for: any kit is drums, any electronic one a drum machine, any other one a kit
/// in a room; a kit with a character of its own is only itself.
fn stands_for(kit: &str, player: &Player) -> bool {
    let machine = matches!(player.instrument.sound, Sound::Machine { .. });
    match kit {
        "standard kit" => true,
        "drum machine" => machine,
        "room kit" => !machine,
        _ => player.key == kit,
    }
}

fn default_plan(key: &str, role: PartRole, instrument: &Instrument) -> PartPlan {
    let (gain_db, pan, enter) = match role {
        PartRole::Lead => (-3.0, 0.1, 0.0),
        PartRole::Counter => (-6.5, -0.35, 0.45),
        PartRole::Comp => (-6.0, 0.3, 0.0),
        PartRole::Pad => (-9.0, 0.0, 0.1),
        PartRole::Bass => (-1.0, 0.0, 0.1),
        _ => (-4.0, 0.0, 0.0),
    };
    let fretted = matches!(key, "acoustic guitar" | "ukulele" | "twelve-string guitar");
    PartPlan {
        id: key.replace(' ', "_"),
        role,
        instruments: vec![key.to_owned()],
        enter,
        leave: 2.0,
        roles: Vec::new(),
        chance: 1.0,
        register: (role == PartRole::Comp || role == PartRole::Pad)
            .then_some([52.max(instrument.range[0]), 76.min(instrument.range[1])]),
        voices: if fretted { 5 } else { 3 },
        figures: Vec::new(),
        lines: default_lines(role, key),
        gain_db,
        pan,
        width: 1.0,
        reverb: None,
        delay: 0.0,
        duck_db: 0.0,
        sweep: 0.0,
        gate: 1.0,
        opens: false,
        steady: false,
        on: None,
    }
}

/// What hand percussion plays when a label asks for it.
fn default_lines(role: PartRole, key: &str) -> std::collections::BTreeMap<String, String> {
    let lines: &[(&str, &str)] = match (role, key) {
        (PartRole::Percussion, "taiko") => &[("taiko", "9..5..7...9.5.7.9..5..7.9.7.9.77")],
        (PartRole::Percussion, _) => &[
            ("shaker", "4363436343634363"),
            ("conga_hi", "..5...5...5..55."),
            ("conga_lo", "......6.......66"),
            ("tambourine", "....5.......5..."),
        ],
        _ => &[],
    };
    lines.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// Every instrument asked for gets a part: the first that can leads an instrumental (comps a song), the
/// others take what suits them.
fn ask(band: &mut Vec<Player>, stage: &Stage) {
    let direction = stage.direction;
    let mut lead_taken = false;
    let mut comps = 0;
    for key in &direction.asked {
        let Some(instrument) = instruments::find(key) else {
            continue;
        };
        // The lead that a label only preferred is not what this caller asked for by name.
        if band.iter().any(|p| p.key == *key && p.plan.role != PartRole::Lead) && !instrument.can(PartRole::Drums) {
            // Already in the band: bring it forward and let it play throughout.
            for p in band.iter_mut().filter(|p| p.key == *key) {
                p.plan.gain_db += 2.0;
                p.plan.enter = 0.0;
                p.plan.roles.clear();
            }
            let can_lead = instrument.can(PartRole::Lead) && direction.instrumental && !lead_taken;
            if !can_lead {
                continue;
            }
        }
        let role = if instrument.can(PartRole::Drums) {
            PartRole::Drums
        } else if instrument.can(PartRole::Percussion) {
            PartRole::Percussion
        } else if instrument.can(PartRole::Bass) {
            PartRole::Bass
        } else if instrument.can(PartRole::Lead)
            && !lead_taken
            && (direction.instrumental || instrument.can[0] == PartRole::Lead)
        {
            PartRole::Lead
        } else if instrument.can(PartRole::Comp) && comps < 2 {
            PartRole::Comp
        } else if instrument.can(PartRole::Pad) {
            PartRole::Pad
        } else if instrument.can(PartRole::Counter) {
            PartRole::Counter
        } else {
            instrument.can[0]
        };
        match role {
            PartRole::Lead => {
                lead_taken = true;
                give(band, key, role, &direction.asked);
            }
            PartRole::Drums => {
                for p in band.iter_mut().filter(|p| p.plan.role == role) {
                    p.plan.gain_db += 2.0;
                    p.plan.enter = 0.0;
                    if !stands_for(key, p) {
                        key.clone_into(&mut p.key);
                        p.instrument = instrument;
                    }
                }
                if !band.iter().any(|p| p.plan.role == role) {
                    band.extend(Player::new(default_plan(key, role, instrument), key));
                }
            }
            PartRole::Comp => {
                comps += 1;
                if comps == 1 {
                    give(band, key, role, &direction.asked);
                } else {
                    let mut plan = default_plan(key, role, instrument);
                    plan.pan = -0.35;
                    band.extend(Player::new(plan, key));
                }
            }
            PartRole::Percussion | PartRole::Counter => {
                band.extend(Player::new(default_plan(key, role, instrument), key));
            }
            _ => give(band, key, role, &direction.asked),
        }
        for p in band.iter_mut().filter(|p| p.key == *key) {
            p.plan.enter = p.plan.enter.min(0.1);
            p.plan.roles.clear();
            p.plan.leave = 2.0;
        }
    }
}

/// Enough players for the energy, never more than twelve; whoever was asked for stays.
fn trim(band: &mut Vec<Player>, stage: &Stage) {
    let direction = stage.direction;
    let kept = |p: &Player| direction.asked.contains(&p.key) || direction.ornaments.contains(&p.plan.id);
    let peak = stage.intensity.iter().copied().fold(0.0, f32::max);
    band.retain(|p| p.plan.enter <= peak + 0.05 || kept(p));
    while band.len() > 12 {
        let Some(i) = band
            .iter()
            .rposition(|p| !kept(p) && !matches!(p.plan.role, PartRole::Drums | PartRole::Bass | PartRole::Lead))
        else {
            break;
        };
        band.remove(i);
    }
}

/// Nobody plays a style's figures quite like somebody else: chord players are busier or calmer and sit
/// higher or lower, bass players busier or calmer.
fn character(player: &mut Player, stage: &Stage) {
    if player.plan.steady {
        return;
    }
    let mut dice = stage.dice(&format!("character {}", player.plan.id));
    let (lean, reach) = (dice.between(-0.18, 0.18) as f32, dice.below(8) as i8 - 4);
    match player.plan.role {
        PartRole::Comp | PartRole::Pad => (player.lean, player.reach) = (lean, reach),
        PartRole::Bass => player.lean = lean,
        _ => {}
    }
}

/// Ids are unique file names.
fn number(band: &mut [Player]) {
    for i in 0..band.len() {
        let id = band[i].plan.id.clone();
        let before = band[..i]
            .iter()
            .filter(|p| p.plan.id == id || p.plan.id.starts_with(&format!("{id}_")))
            .count();
        if before > 0 {
            band[i].plan.id = format!("{id}_{}", before + 1);
        }
    }
}
