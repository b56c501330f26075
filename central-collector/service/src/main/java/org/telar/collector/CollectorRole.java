package org.telar.collector;

import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;

/** The role {@code collector}: everything but the broker. A process that is broker alone does not load it. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("'${telar.roles:collector,broker}'.contains('collector')")
@ComponentScan(
        basePackages = "org.telar.collector",
        excludeFilters =
                @ComponentScan.Filter(
                        type = FilterType.REGEX,
                        pattern = "org\\.telar\\.collector\\.(platform\\..*|Collector.*)"))
class CollectorRole {}
