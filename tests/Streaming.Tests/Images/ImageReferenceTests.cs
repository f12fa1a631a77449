using CsCheck;
using MoodStream.Streaming.Images;

namespace MoodStream.StreamingTests.Images;

public sealed class ImageReferenceTests
{
    private const string Seed = "0000KV1BV1g2";

    private static readonly string Good = ImageReference.Of("abc"u8).ToString();

    private static readonly string[] Pieces = ["..", ".", "/", "\\", "\0", "%2e", "ba", "BA", "~", "C:", Good, Good[3..]];

    [Fact]
    public void Of_KnownBytes_IsTheirSha256() =>
        // FIPS 180-4, the example of the message "abc".
        Assert.Equal("ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Good);

    [Fact]
    public void TryParse_WhatOfGives_IsTheSame() => Gen.Byte.Array[0, 100].Sample(
        bytes =>
        {
            var reference = ImageReference.Of(bytes);
            Assert.True(ImageReference.TryParse(reference.ToString(), out var parsed));
            Assert.Equal(reference, parsed);
        },
        seed: Seed);

    [Fact]
    public void TryParse_AnyText_IsNeverAPathOutOfTheFolder() => Gen.OneOf(
        Gen.String,
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 8].Select(string.Concat),
        Mutated()).Sample(
        text =>
        {
            if (!ImageReference.TryParse(text, out var reference)) return;
            Assert.Equal(text, reference.ToString());
            Assert.Matches("^([0-9a-f]{2})/\\1[0-9a-f]{62}$", text);
            var place = Path.GetFullPath(Path.Combine("/root/store", reference.Folder, reference.Hash));
            Assert.StartsWith("/root/store/", place, StringComparison.Ordinal);
        },
        iter: 20_000,
        seed: Seed);

    [Fact]
    public void TryParse_OneCharacterChanged_IsRefusedOrAnotherWellFormedOne() => Mutated().Sample(
        text => Assert.Equal(
            System.Text.RegularExpressions.Regex.IsMatch(text, "\\A([0-9a-f]{2})/\\1[0-9a-f]{62}\\z"),
            ImageReference.TryParse(text, out _)),
        iter: 20_000,
        seed: Seed);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("ba/../../../../../../../../../../../../../../../../../../../etc/passwd")]
    [InlineData("/a/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("../ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("BA/BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("bb/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n")]
    [InlineData("file:///etc/passwd")]
    public void TryParse_NoReference_IsRefused(string? text) => Assert.False(ImageReference.TryParse(text, out _));

    private static Gen<string> Mutated() => Gen.Select(Gen.Int[0, 66], Gen.OneOf(Gen.Char, Gen.Char['!', '~'])).Select(
        (at, with) => string.Concat(Good.AsSpan(0, at), [with], Good.AsSpan(at + 1)));
}
