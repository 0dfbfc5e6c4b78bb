import gc

from coee_nb import garbage


def test_garbage_is_looked_for_seldom_and_then_as_usual():
    before = gc.get_threshold()
    try:
        garbage.look_seldom()
        assert gc.get_threshold() == garbage.SELDOM != garbage.USUAL
        assert gc.isenabled()
        garbage.look_as_usual()
        assert gc.get_threshold() == garbage.USUAL
    finally:
        gc.set_threshold(*before)
