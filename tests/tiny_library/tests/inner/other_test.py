import tiny_library


class TestFeature:
    def test_is_there(self):
        assert tiny_library.feature()
