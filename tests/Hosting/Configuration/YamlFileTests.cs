using System.Text;
using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Hosting.Configuration;

public sealed class YamlFileTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("# nothing\n", "")]
    [InlineData("---\n", "")]
    [InlineData("~", "")]
    [InlineData("a: 1", "a=1")]
    [InlineData("\uFEFFa: 1", "a=1")]
    [InlineData("a: 1\r\nb: 2\r\n", "a=1 b=2")]
    [InlineData("a:\n  b:\n    c: x", "a:b:c=x")]
    [InlineData("a: {b: x, c: [1, 2]}", "a:b=x a:c:0=1 a:c:1=2")]
    [InlineData("a:\n- b: 1\n  c: 2\n- b: 3", "a:0:b=1 a:0:c=2 a:1:b=3")]
    [InlineData("a: ~\nb: null\nc:\nd: \"\"\ne: 'null'", "a=(null) b=(null) c=(null) d= e=null")]
    [InlineData("a: 0x10\nb: 1e3\nc: yes\nd: 012", "a=0x10 b=1e3 c=yes d=012")]
    [InlineData("a: \"x: y # z\"", "a=x: y # z")]
    [InlineData("a: []\nb: {}", "")]
    [InlineData("a: 1\n...\n", "a=1")]
    public void Yaml_becomes_flat_keys(string yaml, string expected) =>
        Assert.Equal(
            expected,
            string.Join(' ', Read(yaml).Where(e => !e.IsSection).Select(e => $"{e.Key}={e.Value ?? "(null)"}")));

    [Fact]
    public void Each_key_knows_its_line() =>
        Assert.Equal(
            [("a", 2), ("a:b", 3), ("a:c", 5), ("a:c:0", 6), ("a:c:0:d", 6)],
            Read("# heading\na:\n  b: 1\n\n  c:\n  - d: 2").Select(entry => (entry.Key, entry.Line)));

    [Theory]
    [InlineData("a: &x 1\nb: *x", 1, "anchors, aliases and tags are not read here")]
    [InlineData("b: *x", 1, "anchors, aliases and tags are not read here")]
    [InlineData("a: &x {b: 1}", 1, "anchors, aliases and tags are not read here")]
    [InlineData("&x a: 1", 1, "anchors, aliases and tags are not read here")]
    [InlineData("a: 1\n*x : 2", 2, "anchors, aliases and tags are not read here")]
    [InlineData("a: !!int 1", 1, "anchors, aliases and tags are not read here")]
    [InlineData("a: !secret x", 1, "anchors, aliases and tags are not read here")]
    [InlineData("a: 1\nb: 2\nA: 3", 3, "the key of line 1 stands there again")]
    [InlineData("a:b: 1", 1, "a key is empty or holds a colon")]
    [InlineData("\"\": 1", 1, "a key is empty or holds a colon")]
    [InlineData("? [a]\n: 1", 1, "a key has another form than key: value")]
    [InlineData("- a", 1, "the file has another form than key: value")]
    [InlineData("just text", 1, "the file has another form than key: value")]
    [InlineData("a: 1\n---\nb: 2", 2, "there is more than one document")]
    [InlineData("a: [1, 2", 2, "the file is not valid YAML")]
    [InlineData("a: 1\n  b: 2", 2, "the file is not valid YAML")]
    [InlineData("a: 1\n\tb: 2", 1, "the file is not valid YAML")]
    [InlineData("a: \"x", 1, "the file is not valid YAML")]
    public void What_is_not_read_is_told_with_its_line(string yaml, int line, string rule)
    {
        YamlFileException error = Assert.Throws<YamlFileException>(() => Read(yaml));

        Assert.Equal((rule, line), (error.Message, error.Line));
        Assert.NotEmpty(error.Cure);
    }

    [Fact]
    public void Files_larger_than_a_mebibyte_are_refused()
    {
        string padding = "a: 1 #" + new string('x', YamlFile.BytesMax - 6);

        Assert.Single(Read(padding));
        Assert.Equal(
            "the file is larger than 1 MiB", Assert.Throws<YamlFileException>(() => Read(padding + "x")).Message);
    }

    [Fact]
    public void Keys_nest_sixteen_deep_at_most()
    {
        Assert.Equal("x", Read(Nested(16)).Last().Value);
        Assert.Equal(
            "keys are nested more than 16 deep", Assert.Throws<YamlFileException>(() => Read(Nested(17))).Message);

        static string Nested(int depth) =>
            string.Concat(Enumerable.Repeat("{a: ", depth)) + "x" + new string('}', depth);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("a: [")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Deep_nesting_costs_nothing(string piece) =>
        Assert.Throws<YamlFileException>(
            () => Read("a: " + string.Concat(Enumerable.Repeat(piece, YamlFile.BytesMax / piece.Length - 8))));

    [Fact]
    public void A_file_has_ten_thousand_keys_at_most()
    {
        string yaml = string.Concat(Enumerable.Range(0, YamlFile.EntriesMax).Select(i => $"k{i}: 1\n"));

        Assert.Equal(YamlFile.EntriesMax, Read(yaml).Count);
        Assert.Equal(
            "the file has more than 10000 keys", Assert.Throws<YamlFileException>(() => Read(yaml + "b: 1")).Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Equal(
            "the file is not UTF-8",
            Assert.Throws<YamlFileException>(() => YamlFile.Read([0x61, 0x3a, 0x20, 0xff])).Message);

    [Fact]
    public void A_file_that_breaks_the_parser_is_refused()
    {
        // Found by the mutations below: the parser throws InvalidOperationException, which tells no place.
        const string Yaml = "connection_plane:\n  w}rker\":\n  - {id:@1, tags: [a, \u0085b\"]:\n\n  #ex~ |\n    x\n";

        Assert.Equal(
            "the file is not valid YAML behind this line", Assert.Throws<YamlFileException>(() => Read(Yaml)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_files_are_read_or_refused_and_nothing_else(int seed)
    {
        const string Pieces = "ab:-?[]{},&*!|>'\"%@`#~ \n\n  \t\r\u0085\u2028\0\u00e9";
        const string Valid = "connection_plane:\n  workers:\n  - {id: w1, tags: [a, 'b']}\n  text: |\n    x\n";
        byte[] start = Encoding.UTF8.GetBytes(Valid);
        var random = new Random(seed);
        for (int i = 0; i < 5_000; i++)
        {
            var bytes = start.ToList();
            for (int edits = random.Next(1, 12); edits > 0; edits--)
            {
                int at = random.Next(bytes.Count);
                byte[] piece = Encoding.UTF8.GetBytes([Pieces[random.Next(Pieces.Length)]]);
                bytes.RemoveRange(at, Math.Min(random.Next(3), bytes.Count - at));
                bytes.InsertRange(at, random.Next(20) == 0 ? [(byte)random.Next(256)] : piece);
            }

            AssertReadOrRefused([.. bytes], seed, i);
        }
    }

    private static void AssertReadOrRefused(byte[] bytes, int seed, int round)
    {
        try
        {
            Assert.All(YamlFile.Read(bytes), entry => Assert.NotEmpty(entry.Key));
        }
        catch (YamlFileException error)
        {
            Assert.NotEmpty(error.Message);
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"seed {seed}, round {round}: {error}\n{Convert.ToHexString(bytes)}");
        }
    }

    private static List<YamlEntry> Read(string yaml) => YamlFile.Read(Encoding.UTF8.GetBytes(yaml));
}
