using System.Text;
using Realtime.Hosting.Configuration;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Hosting.Configuration;

/// <summary>Time-boxed damage to configuration files and to the texts of values.</summary>
public sealed class ConfigurationFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Durations = ["500ms", "10s", "2m", "24h", "1d"];
    private static readonly string[] Sizes = ["65536", "64KiB", "16MiB", "1GiB", "0"];

    [Fact]
    public void Damaged_files_are_read_or_the_line_and_the_cure_are_told()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(Repository.Root, "infra", "realtime.yaml"));
        byte[] small = Encoding.UTF8.GetBytes(
            "a: {b: 'x', c: [1, \"\\u00e9\"]}\nd:\n  - e: ~\n    f: |\n      text\n  - >-\n    more\n# end\n");
        (int read, int refused) = (0, 0);
        Fuzzing.Run(output, random =>
        {
            try
            {
                IList<YamlEntry> entries = YamlFile.Read(Mutation.Of(random.Next(4) == 0 ? whole : small, random));
                Assert.All(entries, entry => Assert.InRange(entry.Line, 1, int.MaxValue));
                read++;
            }
            catch (YamlFileException wrong)
            {
                Assert.InRange(wrong.Line, 0, int.MaxValue);
                Assert.NotEmpty(wrong.Cure);
                refused++;
            }
        });
        output.WriteLine($"{read} read, {refused} refused.");
    }

    [Fact]
    public void A_damaged_duration_or_size_is_one_that_can_be_written_or_none() => Fuzzing.Run(output, random =>
    {
        string duration = Damaged(Durations, random);
        if (DurationText.TryParse(duration, out TimeSpan time))
        {
            Assert.True(time >= TimeSpan.Zero, duration);
            Assert.True(DurationText.TryParse(DurationText.Format(time), out TimeSpan again), duration);
            Assert.Equal(time, again);
        }

        string size = Damaged(Sizes, random);
        if (SizeText.TryParse(size, out long bytes))
        {
            Assert.True(bytes >= 0, size);
            Assert.True(SizeText.TryParse(SizeText.Format(bytes), out long again), size);
            Assert.Equal(bytes, again);
        }
    });

    [Fact]
    public void A_damaged_value_is_of_its_type_or_none()
    {
        (string Text, Type Type)[] valid =
        [
            ("true", typeof(bool)), ("-12", typeof(int)), ("9007199254740993", typeof(long)), ("0.75", typeof(double)),
            ("30s", typeof(TimeSpan)), ("http://127.0.0.1:8080", typeof(Uri)), ("monday", typeof(DayOfWeek)),
        ];
        Fuzzing.Run(output, random =>
        {
            (string text, Type type) = valid[random.Next(valid.Length)];
            object? value = ValueText.Read(Damaged([text], random), type, isBytes: random.Next(2) == 0);
            Assert.True(value is null || type.IsInstanceOfType(value), $"{value?.GetType()} for {type}");
            Assert.False(value is double number && !double.IsFinite(number));
            Assert.NotNull(ValueText.Write(value ?? string.Empty, isBytes: false));
        });
    }

    private static string Damaged(string[] valid, Random random) => Encoding.UTF8.GetString(
        Mutation.Of(Encoding.UTF8.GetBytes(valid[random.Next(valid.Length)]), random));
}
