/**
 * The page's player. One clock for all videos: the page keeps the time, every video is held to it within half a frame, so that the same
 * moment of the drive is seen everywhere. Works from a file, without a network.
 */
export function reportScript({ fps, frames }: { readonly fps: number; readonly frames: number }): string {
  return `
(() => {
  const fps = ${fps}, frames = ${frames}, length = frames / fps;
  const videos = [...document.querySelectorAll('video')];
  const [play, back, forth, scrub, time, speed, zoom] = ['play', 'back', 'forth', 'scrub', 'time', 'speed', 'zoom'].map((id) => document.getElementById(id));
  let now = 0, before = null, playing = true, rate = 1;
  const middle = (frame) => (frame + 0.5) / fps;
  const frameAt = (t) => Math.min(frames - 1, Math.max(0, Math.floor(t * fps + 1e-6)));
  const show = () => {
    const frame = frameAt(now);
    scrub.value = frame;
    time.textContent = (frame / fps).toFixed(2) + ' s \\u00b7 ' + (frame + 1) + '/' + frames;
  };
  const place = () => { for (const v of videos) v.currentTime = middle(frameAt(now)); show(); };
  const hold = () => {
    for (const v of videos) {
      if (v.readyState < 2 || v.seeking) continue;
      const off = now - v.currentTime;
      if (Math.abs(off) > 0.5) v.currentTime = now;
      else v.playbackRate = Math.min(4, Math.max(0.1, rate * (1 + Math.max(-0.25, Math.min(0.25, off * 2)))));
    }
  };
  const tick = (stamp) => {
    if (playing) {
      const ready = videos.every((v) => v.readyState >= 2);
      if (before !== null && ready) now += ((stamp - before) / 1000) * rate;
      if (now >= length) { now = 0; for (const v of videos) { v.currentTime = 0; } }
      for (const v of videos) if (v.paused && ready) v.play().catch(() => {});
      hold();
      show();
    }
    before = stamp;
    requestAnimationFrame(tick);
  };
  const setPlaying = (value) => {
    playing = value;
    play.textContent = playing ? 'Pause' : 'Play';
    if (!playing) { for (const v of videos) v.pause(); place(); }
  };
  const step = (by) => { setPlaying(false); now = middle(Math.min(frames - 1, Math.max(0, frameAt(now) + by))); place(); };
  play.onclick = () => setPlaying(!playing);
  back.onclick = () => step(-1);
  forth.onclick = () => step(1);
  scrub.oninput = () => { const frame = Number(scrub.value); setPlaying(false); now = middle(frame); place(); };
  speed.onchange = () => { rate = Number(speed.value); };
  zoom.oninput = () => document.documentElement.style.setProperty('--panel', zoom.value + 'px');
  document.addEventListener('keydown', (event) => {
    if (event.target.tagName === 'SELECT') return;
    if (event.key === ' ') { event.preventDefault(); setPlaying(!playing); }
    if (event.key === 'ArrowLeft' && event.target !== zoom) { event.preventDefault(); step(-1); }
    if (event.key === 'ArrowRight' && event.target !== zoom) { event.preventDefault(); step(1); }
  });
  const at = /[#&]frame=(\\d+)/.exec(location.hash);
  if (at) { setPlaying(false); now = middle(Number(at[1])); for (const v of videos) v.addEventListener('loadeddata', place, { once: true }); }
  requestAnimationFrame(tick);
})();
`
}
