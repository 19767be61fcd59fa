"""Every method of `client.sonic` (but uploads: see `families.py`), `client.suno` and `client.credits` of the vendor's own Python client,
unmodified, against a running server with its real engine. `tests/stories/sdk.rs` runs it:

    CATBIRD_URL=http://127.0.0.1:8080 CATBIRD_KEY=... CATBIRD_POOR_KEY=... python3 tests/sdk/suite.py

Prints one line a check and ends with status 1 at the first that fails.
"""

import os

from musicapi import (
    AlignedLyricsParams, BpmParams, CreatePersonaParams, GetSongParams, MakeLyricsParams, MashupParams, MidiParams,
    ReplaceSectionParams, SampleParams, SonicCreateParams, SonicLyricsParams, StemsParams,
    UpsampleTagsParams, VoxParams, WavParams,
)

from checks import BASE, LYRICS, POLL, check, client, fetched, refused


def finished(name, result, clips, seconds=(5, 400)):
    check(f"{name}: {clips} clips", result.code == 200 and result.message == "success" and len(result.data) == clips)
    for song in result.data:
        good = song.state == "succeeded" and seconds[0] <= song.duration <= seconds[1] and song.title and song.tags
        check(f"{name}: {song.title!r}, {song.duration:.1f} s", bool(good and song.audio_url and song.created_at))
    return result.data


def main():
    api = client(os.environ["CATBIRD_KEY"])
    sonic, suno = api.sonic, api.suno
    start = api.credits.get()
    check(f"credits: {start}", start.credits > 500 and start.extra_credits == 0)

    # Generation, one call after the other and in one go.
    custom = SonicCreateParams(
        task_type="create_music", mv="sonic-v5", custom_mode=True, prompt=LYRICS, title="Kettle on Low",
        tags="folk, fingerpicked guitar, warm", negative_tags="distortion", style_weight=0.6,
        weirdness_constraint=0.3, vocal_gender="f", make_instrumental=False,
    )
    submitted = sonic.create(custom)
    check(f"create: {submitted}", submitted.message == "success" and len(submitted.task_id) == 36)
    pending = sonic.get_task(submitted.task_id)
    check("get_task while it is made", pending.code in (200, 202))
    task = submitted.task_id
    from musicapi._polling import poll_sonic
    poll_sonic(api._http if hasattr(api, "_http") else sonic._http, task, POLL)
    songs = finished("custom mode", sonic.get_task(task), 2)
    song, other = songs
    check("lyrics come back", song.lyrics == LYRICS and song.title == "Kettle on Low" and song.mv == "sonic-v5")
    check("what was asked comes back", (song.negative_tags, song.style_weight, song.weirdness_constraint) == ("distortion", 0.6, 0.3))
    check("two takes", song.clip_id != other.clip_id and fetched(song.audio_url, "audio/mpeg") != fetched(other.audio_url, "audio/mpeg"))
    check("cover is a JPEG", fetched(song.image_url, "image/jpeg")[:3] == b"\xff\xd8\xff")
    check("video is an MP4", fetched(song.video_url, "video/mp4")[4:8] == b"ftyp")

    described = sonic.generate_and_wait(
        SonicCreateParams(mv="sonic-v4-5", custom_mode=False, gpt_description_prompt="an easy-going surf tune about missing the last bus", make_instrumental=False), POLL)
    written = finished("description mode", described, 2)[0]
    check(f"words were written: {written.title!r}", "[" in written.lyrics and len(written.lyrics) > 200)
    check("the description comes back", written.gpt_description_prompt == "an easy-going surf tune about missing the last bus")
    quiet = finished("instrumental", sonic.generate_and_wait(
        SonicCreateParams(mv="sonic-v4", custom_mode=False, gpt_description_prompt="slow piano for a rainy evening", make_instrumental=True), POLL), 2)[0]
    check("instrumentals say so", "[Instrumental]" in quiet.lyrics)
    finished("auto lyrics", sonic.generate_and_wait(
        SonicCreateParams(mv="sonic-v5", custom_mode=True, auto_lyrics=True, prompt="two neighbours sharing one umbrella", title="Half an Umbrella"), POLL), 2)

    # Editing.
    longer = finished("extend", sonic.generate_and_wait(SonicCreateParams(
        task_type="extend_music", mv="sonic-v5", custom_mode=True, continue_clip_id=song.clip_id, continue_at=song.duration * 0.6,
        prompt="[Verse 2]\nLanterns drift along the quay\nNobody calls but the tide and me"), POLL), 2)[0]
    joined = finished("concat", sonic.generate_and_wait(
        SonicCreateParams(task_type="concat_music", continue_clip_id=longer.clip_id), POLL), 1)[0]
    about = song.duration * 0.6 + longer.duration
    check(f"joined is {joined.duration:.1f} s, about {about:.1f}", abs(joined.duration - about) < 4)
    finished("cover", sonic.generate_and_wait(SonicCreateParams(
        task_type="cover_music", mv="sonic-v5", custom_mode=True, continue_clip_id=song.clip_id, prompt=LYRICS, tags="rock, electric guitar", audio_weight=0.7), POLL), 2)
    persona = sonic.create_persona(CreatePersonaParams(name="Harbour Voice", clip_id=song.clip_id, describe="low, close to the mic", styles="folk"))
    check(f"persona: {persona}", persona.code == 200 and len(persona.persona_id) == 36)
    finished("persona_music", sonic.generate_and_wait(SonicCreateParams(
        task_type="persona_music", mv="sonic-v5", custom_mode=True, persona_id=persona.persona_id, prompt=LYRICS), POLL), 2)
    finished("remaster", sonic.generate_and_wait(SonicCreateParams(
        task_type="remaster", mv="sonic-v5", custom_mode=True, continue_clip_id=song.clip_id, variation_category="high"), POLL), 2)
    finished("add_vocals", sonic.generate_and_wait(SonicCreateParams(
        task_type="add_vocals", mv="sonic-v5", custom_mode=True, continue_clip_id=quiet.clip_id, prompt="[Verse]\nRain on the window, rain on the street", tags="soft female voice"), POLL), 2)
    finished("add_instrumental", sonic.generate_and_wait(SonicCreateParams(
        task_type="add_instrumental", mv="sonic-v5", custom_mode=True, continue_clip_id=song.clip_id, tags="jazz, brushes, piano"), POLL), 2)
    finished("mashup", sonic.mashup_and_wait(MashupParams(
        mashup_clip_ids=(song.clip_id, quiet.clip_id), custom_mode=False, mv="sonic-v5", gpt_description_prompt="the two of them under one roof"), POLL), 2)
    finished("replace_section", sonic.replace_section_and_wait(ReplaceSectionParams(
        clip_id=song.clip_id, mv="sonic-v5", infill_start_s=song.duration * 0.3, infill_end_s=song.duration * 0.7, infill_lyrics="[Verse]\nLeave the porch light burning low"), POLL), 2)
    check("mashup and replace_section alone", all(len(t.task_id) == 36 for t in (
        sonic.mashup(MashupParams(mashup_clip_ids=(song.clip_id, other.clip_id), custom_mode=True, mv="sonic-v5", prompt=LYRICS)),
        sonic.replace_section(ReplaceSectionParams(clip_id=song.clip_id, mv="sonic-v5", infill_start_s=4, infill_end_s=14)))))
    sample = sonic.sample(SampleParams(chop_sample_start_s=2, chop_sample_end_s=10, custom_mode=True, mv="sonic-v5", make_instrumental=True, sample_clip_id=song.clip_id, tags="lofi hip hop"))
    check(f"sample: {sample}", sample.message == "success" and sample.task_id and sample.failed_step is None)
    poll_sonic(sonic._http, sample.task_id, POLL)
    finished("sampled", sonic.get_task(sample.task_id), 2)

    # Views.
    aligned = sonic.aligned_lyrics(AlignedLyricsParams(clip_id=song.clip_id))
    words = aligned.data["alignment"]
    check(f"aligned_lyrics: {words[0]}", aligned.code == 200 and len(words) > 25 and all(w["start_s"] <= w["end_s"] for w in words))
    tempo = sonic.bpm(BpmParams(clip_id=song.clip_id))
    check(f"bpm: {tempo}", 40 < tempo.data["min_bpm"] <= tempo.data["avg_bpm"] <= tempo.data["max_bpm"] < 220)
    wav = sonic.wav(WavParams(clip_id=song.clip_id))
    check("wav", fetched(wav.data["wav_url"], "audio/wav")[:4] == b"RIFF")
    midi = sonic.midi(MidiParams(clip_id=song.clip_id))
    notes = [note for part in midi.data["instruments"] for note in part["notes"]]
    check(f"midi: {len(notes)} notes", fetched(midi.data["midi_url"], "audio/midi")[:4] == b"MThd" and all(0 <= n["velocity"] <= 1 and n["start"] < n["end"] for n in notes))
    vox = sonic.vox(VoxParams(clip_id=song.clip_id, vocal_start_s=2, vocal_end_s=12))
    check(f"vox: {vox}", vox.code == 200 and vox.message == "success" and vox.data)
    richer = sonic.upsample_tags(UpsampleTagsParams(tags="lofi, rain"))
    check(f"upsample_tags: {richer.data}", "lofi" in richer.data["upsampled_tags"] and len(richer.data["upsampled_tags"]) > 20)
    halves = finished("stems_basic", sonic.stems_basic_and_wait(StemsParams(clip_id=song.clip_id), POLL), 2)
    check("the voice and the band", fetched(halves[0].audio_url, "audio/wav")[:4] == b"RIFF")
    full = sonic.stems_full_and_wait(StemsParams(clip_id=song.clip_id), POLL)
    check(f"stems_full: {[s.title for s in full.data]}", len(full.data) >= 5)
    check("stems alone", all(len(t.task_id) == 36 for t in (sonic.stems_basic(StemsParams(clip_id=quiet.clip_id)), sonic.stems_full(StemsParams(clip_id=quiet.clip_id)))))

    # Words.
    two = sonic.lyrics(SonicLyricsParams(description="two neighbours sharing one umbrella"))
    check(f"lyrics: {[r['title'] for r in two.results]}", two.code == 200 and len(two.results) == 2 and two.results[0]["lyrics"] != two.results[1]["lyrics"])
    made = suno.make_lyrics(MakeLyricsParams(prompt="the last ferry of the year"))
    check(f"make_lyrics: {made}", made.code == 200)
    got = suno.get_lyrics(made.data["task_id"])
    check("get_lyrics", got.code == 200 and got.data)

    # The older surface.
    old = SonicCreateParams(mv="sonic-v3-5", custom_mode=True, prompt=LYRICS, tags="pop")
    finished("suno.generate_and_wait", suno.generate_and_wait(old, POLL), 2)
    check("suno.create", len(suno.create(old).task_id) == 36)
    check("suno.get_clip", suno.get_clip(task).data[0].clip_id == song.clip_id)
    found = suno.get_song(GetSongParams(share_link=f"{BASE}/song/{song.clip_id}"))
    check(f"get_song: {found}", found.song_title == "Kettle on Low" and found.audio_url == song.audio_url)
    refused("get_song of somebody else", lambda: suno.get_song(GetSongParams(share_link="https://example.org/song/1")), 400)

    # Refusals.
    before = api.credits.get()
    refused("unknown task", lambda: sonic.get_task("6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20"), 400, text="task not found.")
    refused("unknown clip", lambda: sonic.bpm(BpmParams(clip_id="6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20")), 400)
    refused("title of 81", lambda: sonic.create(SonicCreateParams(mv="sonic-v5", custom_mode=True, prompt=LYRICS, title="x" * 81)), 400, text="title character length")
    refused("weight of 1.01", lambda: sonic.create(SonicCreateParams(mv="sonic-v5", custom_mode=True, prompt=LYRICS, style_weight=1.01)), 400)
    refused("persona_music without persona", lambda: sonic.create(SonicCreateParams(task_type="persona_music", mv="sonic-v5", custom_mode=True, prompt=LYRICS)), 400, text="'persona_id' field is required")
    refused("lyrics without description", lambda: sonic.lyrics(SonicLyricsParams(description="")), 400, text="description is required.")
    check("refusals are free", api.credits.get() == before)
    refused("bad key", lambda: client("wrong").sonic.create(custom), 401, auth=True)
    refused("no credits", lambda: client(os.environ["CATBIRD_POOR_KEY"]).sonic.create(custom), 403, credit=True, text="remaining credits are not enough")
    failing = SonicCreateParams(mv="sonic-v5", custom_mode=True, prompt="[Verse]\nУтренний ветер летит за окном\nМаленькая птица поёт", tags="pop")
    before = api.credits.get()
    refused("failed task", lambda: sonic.generate_and_wait(failing, POLL), 200, code="failed", text="language not supported")
    check("a failed task is paid back", api.credits.get() == before)
    print("all of it works")


main()
