"""Memory stays flat, whatever keeps coming. `long_run.py` is the same at full length."""

from long_run import LIMITS, run


def test_memory_is_flat_after_warm_up(start, connect):
    client = connect(start(*LIMITS))
    readings = [resident for _, resident in run(client, 600_000)]
    stream = client.status()["stream"]
    # The stream did what it is for: everything came, and every limit was reached.
    assert stream["late_labels"]["joined"] > 50_000
    assert stream["late_labels"]["yielded_features"] + stream["late_labels"][
        "expired_features"] > 30_000
    assert stream["rejected_by_code"].get("too_many_classes", 0) > 500
    assert client.status()["drift"]["detections"] > 5
    half = len(readings) // 2
    # An allocator keeps a little more now and then; a leak of 40 bytes per sample would show.
    assert max(readings[-4:]) < max(readings[:half]) + 8_000_000, readings
