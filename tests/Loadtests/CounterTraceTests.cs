using System.Buffers.Binary;
using System.Text;
using Realtime.Loadtests.Measuring;

namespace Realtime.Tests.Loadtests;

public class CounterTraceTests
{
    private const string Meter = "Realtime.Terminals";

    [Fact]
    public void The_last_value_of_each_counter_counts()
    {
        byte[] trace =
        [
            9, .. Event(Meter, "batches", "kind=live", "3", 1), .. Event(Meter, "reads", "", "7", 2), 1, 2, 3,
            .. Event(Meter, "batches", "kind=live", "12.5", 1),
        ];

        Assert.Equal(
            [new("batches{kind=live}", 12.5), new("reads", 7)], CounterTrace.Read(trace, Meter).Order(ByName));
    }

    [Fact]
    public void Instruments_of_the_same_name_add_up() => Assert.Equal(
        5,
        CounterTrace.Read(
            [.. Event(Meter, "reads", "", "2", 1), .. Event(Meter, "reads", "", "3", 2)], Meter)["reads"]);

    [Fact]
    public void Other_meters_and_what_is_cut_off_are_left_out()
    {
        byte[] trace = [.. Event("Realtime.Other", "reads", "", "2", 1), .. Event(Meter, "reads", "", "3", 2)[..^14]];

        Assert.Empty(CounterTrace.Read(trace, Meter));
    }

    private static Comparer<KeyValuePair<string, double>> ByName { get; } =
        Comparer<KeyValuePair<string, double>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));

    private static byte[] Event(string meter, string instrument, string tags, string value, uint number)
    {
        byte[] told = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(told, number);
        string texts = string.Concat(
            new[] { "loadtests", meter, "", instrument, "{unit}", tags, "1", value }.Select(text => text + '\0'));
        return [.. Encoding.Unicode.GetBytes(texts), .. told];
    }
}
