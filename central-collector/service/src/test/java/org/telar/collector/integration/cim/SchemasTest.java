package org.telar.collector.integration.cim;

import java.io.StringReader;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.SAXException;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Our own schemas for all that we emit and accept (R16): the order of the standard, its obligations, its lists. */
class SchemasTest {
    @ParameterizedTest(name = "{0}")
    @DisplayName(
            "R16: a message as the design describes it is valid; the strict schema insists on order and obligations")
    @CsvSource(
            delimiter = '|',
            value = {
                "GetMeterReadings|<EndDevice><mRID>a</mRID><Names><name>7</name></Names></EndDevice><Reading>"
                        + "<reason>inquiry</reason><timePeriod><end>2026-03-02T00:00:00-03:00</end>"
                        + "<start>2026-03-01T00:00:00-03:00</start></timePeriod></Reading><ReadingType><mRID>0</mRID>"
                        + "</ReadingType>|inquiry|nonsense",
                "MeterReadSchedule|<EndDevice><mRID>a</mRID></EndDevice><TimeSchedule><recurrencePeriod>86400"
                        + "</recurrencePeriod><scheduleInterval><end>2026-03-02T00:00:00Z</end></scheduleInterval>"
                        + "<TimePoints><window><end>2026-03-02T05:00:00Z</end></window></TimePoints></TimeSchedule>"
                        + "|<mRID>a</mRID>|<Names/>",
                "EndDeviceEvents|<EndDeviceEvent><mRID>a</mRID><createdDateTime>2026-03-02T00:00:00Z</createdDateTime>"
                        + "<reason>cover</reason><Assets><Names><name>7</name></Names></Assets>"
                        + "<EndDeviceEventDetails><name>code</name><value>44</value></EndDeviceEventDetails>"
                        + "<EndDeviceEventType ref=\"3.12.29.212\"/></EndDeviceEvent>|<createdDateTime>2026-03-02T00:00:00Z"
                        + "</createdDateTime>|<x/>",
                "EndDeviceControls|<EndDeviceControl><mRID>a</mRID><EndDeviceAction><command>x</command>"
                        + "</EndDeviceAction><EndDeviceControlType ref=\"3.31.0.23\"/><EndDevices><mRID>b</mRID>"
                        + "</EndDevices></EndDeviceControl>|ref=|rel=",
                "MeterConfig|<Meter><mRID>a</mRID><serialNumber>1</serialNumber><lifecycle><installationDate>"
                        + "2026-03-02T00:00:00Z</installationDate></lifecycle><Names><name>7</name></Names></Meter>"
                        + "|2026-03-02T|02/03/2026 ",
            })
    void strict(String noun, String inside, String was, String broken) {
        String good = "<" + noun + " xmlns=\"" + Namespaces.of(noun) + "\">" + inside + "</" + noun + ">";

        assertThatCode(() -> validate(Schemas.strict(noun), good)).doesNotThrowAnyException();
        assertThatCode(() -> validate(Schemas.tolerant(noun), good)).doesNotThrowAnyException();
        assertThatThrownBy(() -> validate(Schemas.strict(noun), good.replace(was, broken)))
                .isInstanceOf(SAXException.class);
    }

    @ParameterizedTest
    @DisplayName("Elements out of order: refused by the strict schema, accepted by the tolerant one")
    @CsvSource(
            delimiter = '|',
            value = {
                "GetMeterReadings|<ReadingType><mRID>0</mRID></ReadingType><EndDevice><mRID>a</mRID></EndDevice>",
                "EndDeviceEvents|<EndDeviceEvent><EndDeviceEventType ref=\"1\"/><createdDateTime>2026-03-02T00:00:00Z"
                        + "</createdDateTime></EndDeviceEvent>",
                "MeterConfig|<Meter><Names><name>7</name></Names><serialNumber>1</serialNumber></Meter>",
            })
    void order(String noun, String inside) {
        String xml = "<" + noun + " xmlns=\"" + Namespaces.of(noun) + "\">" + inside + "</" + noun + ">";

        assertThatThrownBy(() -> validate(Schemas.strict(noun), xml)).isInstanceOf(SAXException.class);
        assertThatCode(() -> validate(Schemas.tolerant(noun), xml)).doesNotThrowAnyException();
    }

    private static void validate(Schema schema, String xml) throws Exception {
        schema.newValidator().validate(new StreamSource(new StringReader(xml)));
    }
}
