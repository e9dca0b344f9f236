"""One test for each way in which a test can end by itself."""

import unittest


class Statuses(unittest.TestCase):
    def test_passes(self):
        pass

    def test_fails(self):
        self.assertEqual("what is", "what should be")

    def test_raises(self):
        raise LookupError("first line\nsecond line")

    def test_skips(self):
        self.skipTest("not here")

    @unittest.expectedFailure
    def test_expected_failure(self):
        self.fail("as expected")

    @unittest.expectedFailure
    def test_unexpected_success(self):
        pass

    def test_fails_in_subtests_alone(self):
        for number in (1, 2):
            with self.subTest(number=number):
                self.assertEqual(number, 0)

    def test_skips_one_subtest(self):
        for number in (1, 2):
            with self.subTest(number=number):
                if number == 1:
                    self.skipTest("not this one")

    def test_skips_every_subtest(self):
        for number in (1, 2):
            with self.subTest(number=number):
                self.skipTest("none of them")

    def test_fails_and_its_tear_down_too(self):
        self.addCleanup(lambda: 1 / 0)
        self.fail("this came first")
