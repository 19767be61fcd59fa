"""The upload methods of `client.sonic`, and every method of `client.riffusion`, `client.producer` and
`client.studio` of the vendor's own Python client, unmodified, against a running server with its real
engine. What is brought in is a song that the server itself has made: to the server it is a file at some
address. Run as `suite.py` is.
"""

import os

from musicapi import (
    AlignedLyricsParams, BpmParams, CreateVoiceParams, GetSongParams, MidiParams, ProducerCreateParams,
    ProducerDownloadParams, ProducerUploadParams, RiffusionCreateParams, RiffusionUploadParams, SampleParams,
    SonicCreateParams, SonicUploadParams, StemsParams, StudioCreateParams, UploadCoverParams, UploadExtendParams,
)
from musicapi._polling import poll_producer, poll_riffusion, poll_sonic

from checks import BASE, LYRICS, POLL, check, client, fetched, refused

VERSE = "[Verse]\nLanterns drift along the quay\nNobody calls but the tide and me"
ELEVEN = {"clip_id", "title", "lyrics", "image_url", "audio_url", "video_url", "created_at", "mv", "duration", "timestamp", "state"}


def finished(name, result, clips, seconds=(5, 400)):
    check(f"{name}: {clips} clips", result.code == 200 and result.message == "success" and len(result.data) == clips)
    for song in result.data:
        good = song.state == "succeeded" and seconds[0] <= song.duration <= seconds[1] and song.title
        check(f"{name}: {song.title!r}, {song.duration:.1f} s", bool(good and song.audio_url and song.created_at))
    return result.data


def riffusion(api):
    riff = api.riffusion
    made = lambda **what: riff.generate_and_wait(RiffusionCreateParams(mv="FUZZ-1.1 Pro", **what), POLL)
    submitted = riff.create(RiffusionCreateParams(
        mv="FUZZ-1.1 Pro", custom_mode=True, lyrics=LYRICS, title="One Lap More", sound="krautrock, motorik drums, female voice", make_instrumental=False))
    check(f"riffusion submit: {submitted}", submitted.message == "success" and riff.get_task(submitted.task_id).code in (200, 202))
    raw = poll_riffusion(riff._http, submitted.task_id, POLL)
    check("exactly eleven members", all(set(song) == ELEVEN for song in raw["data"]))
    song, other = finished("riffusion create", riff.get_task(submitted.task_id), 2)
    check("words and title come back", song.lyrics == LYRICS and song.title == "One Lap More" and song.mv == "FUZZ-1.1 Pro")
    check("two songs", fetched(song.audio_url, "audio/mpeg") != fetched(other.audio_url, "audio/mpeg"))
    check("when words are sung", len(song.timestamp["words"]) > 20 and song.video_url is None)
    described = finished("riffusion description", made(custom_mode=False, prompt="sunday-morning bossa with a whistled hook"), 2)
    check("words were written", len(described[0].lyrics) > 100)
    uploaded = riff.upload(RiffusionUploadParams(url=song.audio_url))
    check(f"riffusion upload: {uploaded}", uploaded.code == 200 and uploaded.message == "success")
    for source, upload in ((song.clip_id, ""), (uploaded.clip_id, "upload_")):
        edit = lambda kind, **what: finished(f"riffusion {kind}", made(task_type=kind, custom_mode=True, continue_clip_id=source, **what), 2)
        edit(f"extend_{upload}music", lyrics=VERSE, sound="krautrock", continue_at=20)
        edit(f"cover_{upload}music", lyrics=LYRICS, sound="string quartet, hushed")
        edit(f"replace_{upload}music", lyrics="[Bridge]\nHold the brake, hold the breath", sound="organ", replace_start_time=10, replace_end_time=20)
        edit(f"swap_{upload}music_sound", lyrics=LYRICS, sound="dub reggae, spring reverb")
        edit(f"swap_{upload}music_vocals", lyrics=LYRICS, sound="male baritone, close and dry")
    refused("riffusion model", lambda: riff.create(RiffusionCreateParams(mv="FUZZ-9", custom_mode=True, lyrics=LYRICS)), 400, text="'mv' field is invalid")
    refused("riffusion unknown clip", lambda: riff.create(RiffusionCreateParams(
        task_type="cover_music", mv="FUZZ-1.1", custom_mode=True, continue_clip_id="6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20", sound="x")), 400, text="clip not found.")
    refused("riffusion unknown task", lambda: riff.get_task("6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20"), 400, text="task not found.")
    refused("riffusion failed task", lambda: made(custom_mode=True, lyrics="[Verse]\nУтренний ветер летит за окном\nМаленькая птица поёт", sound="pop"), 200, code="failed")


def producer(api, recording):
    prod = api.producer
    made = lambda **what: prod.generate_and_wait(ProducerCreateParams(**what), POLL)
    song, = finished("producer create", made(
        task_type="create_music", mv="FUZZ-2.0", sound="slow disco, rhodes, brushed kit", title="Nobody Home", length=30, bpm="104", seed="481516"), 1, (29, 31))
    check(f"producer members: {song}", song.sound == "slow disco, rhodes, brushed kit" and song.seed == "481516" and song.wav_url)
    again, = finished("producer seed", made(task_type="create_music", sound="slow disco, rhodes, brushed kit", title="Nobody Home", length=30, bpm=104, seed=481516), 1)
    check("the same seed is the same song", fetched(again.wav_url, "audio/wav") == fetched(song.wav_url, "audio/wav"))
    sung, = finished("producer sung", made(task_type="create_music", sound="slow disco, female voice", lyrics=LYRICS), 1)
    check("producer words", len(sung.lyrics_timing_markers) > 20 and sung.lyrics_id)
    upload = poll_producer(prod._http, prod.upload(ProducerUploadParams(audio_url=recording)).task_id, POLL)
    check(f"producer upload: {upload['data'][0]['title']!r}", len(upload["data"]) == 1 and upload["data"][0]["state"] == "succeeded")
    for clip, kinds in ((song.clip_id, ("extend_music", "replace_music")), (upload["data"][0]["clip_id"], ("extend_upload_music", "replace_upload_music"))):
        finished(kinds[0], made(task_type=kinds[0], clip_id=clip, sound="slow disco", starts_at=12, extend_s=20), 1)
        finished(kinds[1], made(task_type=kinds[1], clip_id=clip, instruction="only the piano here", starts_at=8, ends_at=16), 1)
    for kind in ("cover_music", "music_variation"):
        finished(kind, made(task_type=kind, clip_id=song.clip_id, sound="string quartet"), 1)
    finished("swap_music_sound", made(task_type="swap_music_sound", clip_id=sung.clip_id, sound="dub reggae"), 1)
    finished("swap_music_vocals", made(task_type="swap_music_vocals", clip_id=sung.clip_id, sound="male baritone", lyrics=LYRICS), 1)
    wav = prod.download_and_wait(ProducerDownloadParams(clip_id=song.clip_id, format="wav"), POLL)
    check("producer download wav", fetched(wav.data[0].audio_url, "audio/wav") == fetched(song.wav_url, "audio/wav"))
    mp3 = poll_producer(prod._http, prod.download(ProducerDownloadParams(clip_id=song.clip_id)).task_id, POLL)
    check("producer download mp3", fetched(mp3["data"][0]["audio_url"], "audio/mpeg") == fetched(song.audio_url, "audio/mpeg"))
    check("producer get_task", prod.get_task(prod.create(ProducerCreateParams(task_type="create_music", sound="ambient", length=20)).task_id).code in (200, 202))
    refused("producer without sound", lambda: prod.create(ProducerCreateParams(task_type="create_music")), 400, text="'sound' field or the 'lyrics' field")
    refused("producer length of 241", lambda: prod.create(ProducerCreateParams(task_type="create_music", sound="x", length=241)), 400, text="between 1 and 240")
    refused("producer upload of nothing", lambda: poll_producer(prod._http, prod.upload(ProducerUploadParams(audio_url=f"{BASE}/healthz")).task_id, POLL), 200, code="failed")


def studio(api):
    made = lambda **what: StudioCreateParams(**{**dict(
        prompt="dreamy indie pop about the last train", lyrics_type="generate", prompt_strength=0.7, clarity_strength=0.6,
        lyrics_strength=0.5, generation_quality=0.8, model_type="studio32-v1.5", config={"mode": "regular"}), **what})
    done = api.studio.generate_and_wait(made(), POLL)
    song = done.data.songs[0]
    check(f"studio: {song}", done.data.status == "SUCCESS" and song.finished and 25 < song.duration < 60 and len(song.lyrics) > 60)
    fetched(song.song_path, "audio/mpeg"), fetched(song.image_path, "image/jpeg")
    quiet = api.studio.generate_and_wait(made(lyrics_type="instrumental", song_section_start=0, song_section_end=20), POLL)
    check("studio instrumental", 19 < quiet.data.songs[0].duration < 21)
    submitted = api.studio.create(made(lyrics_type="user", lyrics=LYRICS))
    pending = api.studio.get_task(submitted.data)
    check(f"studio pending: {pending.data.status}", submitted.code == "200" and pending.data.status in ("NOT_START", "IN_PROGRESS", "SUCCESS"))
    refused("studio without words", lambda: api.studio.create(made(lyrics_type="user")), 400, text="'lyrics' field is required")
    refused("studio mode", lambda: api.studio.create(made(config={"mode": "odd"})), 400, text="config.mode")
    refused("studio failed task", lambda: api.studio.generate_and_wait(made(lyrics_type="user", lyrics="[Verse]\nУтренний ветер летит за окном"), POLL), 400)


def uploads(api):
    sonic = api.sonic
    first = sonic.generate_and_wait(SonicCreateParams(mv="sonic-v5", custom_mode=True, prompt=LYRICS, title="Kettle on Low", tags="folk"), POLL).data[0]
    before = api.credits.get().credits
    uploaded = sonic.upload(SonicUploadParams(url=first.audio_url))
    check(f"upload: {uploaded}", uploaded.code == 200 and uploaded.message == "success" and api.credits.get().credits == before - 2)
    clip = uploaded.clip_id
    tempo = sonic.bpm(BpmParams(clip_id=clip)).data["avg_bpm"]
    real = sonic.bpm(BpmParams(clip_id=first.clip_id)).data["avg_bpm"]
    check(f"it is heard at {tempo} of {real} bpm", any(abs(tempo * k / real - 1) < 0.02 for k in (0.5, 1, 2)))
    notes = [n for part in sonic.midi(MidiParams(clip_id=clip)).data["instruments"] for n in part["notes"]]
    check(f"midi of it: {len(notes)} notes", len(notes) > 30)
    halves = finished("stems of it", sonic.stems_basic_and_wait(StemsParams(clip_id=clip), POLL), 2)
    check("voice and band", fetched(halves[0].audio_url, "audio/wav")[:4] == b"RIFF")
    longer = finished("extend_upload_music", sonic.generate_and_wait(SonicCreateParams(
        task_type="extend_upload_music", mv="sonic-v5", custom_mode=True, continue_clip_id=clip, continue_at=20, prompt=VERSE, tags="folk"), POLL), 2)[0]
    joined = finished("concat", sonic.generate_and_wait(SonicCreateParams(task_type="concat_music", continue_clip_id=longer.clip_id), POLL), 1)[0]
    check("the joined song is longer", joined.duration > longer.duration + 10)
    finished("cover_upload_music", sonic.generate_and_wait(SonicCreateParams(
        task_type="cover_upload_music", mv="sonic-v5", custom_mode=True, continue_clip_id=clip, prompt=LYRICS, tags="rock"), POLL), 2)
    cover = sonic.upload_cover(UploadCoverParams(url=first.audio_url, custom_mode=True, mv="sonic-v5", prompt=LYRICS, tags="ska, brass section"))
    check(f"upload_cover: {cover}", cover.code == 200 and cover.failed_step is None and cover.steps["upload"]["success"])
    poll_sonic(sonic._http, cover.task_id, POLL)
    finished("upload_cover", sonic.get_task(cover.task_id), 2)
    more = sonic.upload_extend(UploadExtendParams(url=first.audio_url, custom_mode=True, mv="sonic-v5", prompt=VERSE, continue_at=18))
    check(f"upload_extend: {more}", more.code == 200 and more.failed_step is None)
    poll_sonic(sonic._http, more.task_id, POLL)
    finished("upload_extend", sonic.get_task(more.task_id), 2)
    sample = sonic.sample(SampleParams(chop_sample_start_s=4, chop_sample_end_s=12, custom_mode=True, mv="sonic-v5", make_instrumental=True, url=first.audio_url, tags="lofi hip hop"))
    poll_sonic(sonic._http, sample.task_id, POLL)
    finished("sample of a url", sonic.get_task(sample.task_id), 2)
    voice = sonic.create_voice(CreateVoiceParams(audio_url=first.audio_url))
    poll_sonic(sonic._http, voice.task_id, POLL)
    learnt = finished("create_voice", sonic.get_task(voice.task_id), 1)[0]
    finished("a song in that voice", sonic.generate_and_wait(SonicCreateParams(
        task_type="persona_music", mv="sonic-v5", custom_mode=True, persona_id=learnt.clip_id, prompt=VERSE, tags="folk"), POLL), 2)
    found = api.suno.get_song(GetSongParams(share_link=f"{BASE}/song/{clip}"))
    check(f"get_song of an upload: {found}", found.audio_url.endswith(".mp3"))
    before = api.credits.get()
    refused("upload of a page", lambda: sonic.upload(SonicUploadParams(url=f"{BASE}/docs")), 400)
    refused("upload from nowhere", lambda: sonic.upload(SonicUploadParams(url=f"{BASE}/files/none.mp3")), 400, text="Audio URL is not accessible")
    check("refused uploads are free", api.credits.get() == before)
    return first.audio_url


def main():
    api = client(os.environ["CATBIRD_KEY"])
    recording = uploads(api)
    riffusion(api)
    producer(api, recording)
    studio(api)
    poor = client(os.environ["CATBIRD_POOR_KEY"])
    for name, call in {
        "upload": lambda: poor.sonic.upload(SonicUploadParams(url=recording)),
        "riffusion": lambda: poor.riffusion.create(RiffusionCreateParams(mv="FUZZ-1.1", custom_mode=True, lyrics=LYRICS)),
        "producer": lambda: poor.producer.create(ProducerCreateParams(task_type="create_music", sound="ambient")),
    }.items():
        refused(f"{name} without credits", call, 403, credit=True)
    refused("bad key", lambda: client("wrong").riffusion.upload(RiffusionUploadParams(url=recording)), 401, auth=True)
    print("all of it works")


main()
